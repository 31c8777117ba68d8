package io.lossforge.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lossforge.catalogue.Pet.Ball;
import io.lossforge.catalogue.Pet.Gait;
import io.lossforge.catalogue.Pet.Home;
import io.lossforge.catalogue.Pet.Rope;
import io.lossforge.catalogue.Pet.Toy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class RecordJsonTests {

    private static final JsonMapper JSON = new JsonMapper();

    private final RecordJson records = new RecordJson(Catalogue.of("toy", Toy.class));

    @Test
    void absentComponentsTakeTheDefaults() {
        assertThat(read("{'name':'rex'}"))
                .isEqualTo(new Pet(
                        "rex",
                        4.5,
                        4,
                        0,
                        false,
                        Gait.WALK,
                        null,
                        List.of(0.5),
                        new Ball(),
                        List.of(),
                        new Home(),
                        null));
    }

    @Test
    void readsEveryKindOfComponent() {
        var pet = read("""
                {'name':'rexé','weight':7,'legs':3,'chip':9007199254740993,'fed':true,'gait':'flyLow','sleep':'PT90M',
                 'litter':[0,0.25],'toy':{'name':'rope','parameters':{'length':2.5}},
                 'toys':[{'name':'ball'},{'name':'rope','parameters':null}],'home':{'floor':3},'summer':{}}""");
        assertThat(pet)
                .isEqualTo(new Pet(
                        "rexé",
                        7,
                        3,
                        9_007_199_254_740_993L,
                        true,
                        Gait.FLY_LOW,
                        Duration.ofMinutes(90),
                        List.of(0.0, 0.25),
                        new Rope(2.5, false),
                        List.of(new Ball(), new Rope()),
                        new Home(20, 3),
                        new Home()));
    }

    @Test
    void whatIsWrittenReadsBackEqual() {
        var pet = new Pet(
                "rex",
                0.1,
                8,
                Long.MAX_VALUE,
                true,
                Gait.FLY_LOW,
                Duration.ofSeconds(61),
                List.of(0.5, 0.9999999999999999),
                new Rope(1e-300, false),
                List.of(new Ball(3), new Rope(0.25, true)),
                new Home(1e9, -2),
                null);
        var text = records.write(pet).toString();
        assertThat(records.read(Pet.class, JSON.readTree(text))).isEqualTo(pet);
    }

    @Test
    void writesDefaultsNullsAndCatalogueEntries() {
        assertThat(records.write(new Pet()).toString()).isEqualTo("""
                {"name":"","weight":4.5,"legs":4,"chip":0,"fed":false,"gait":"walk","sleep":null,"litter":[0.5],\
                "toy":{"name":"ball","parameters":{"diameter":60}},"toys":[],"home":{"area":20.0,"floor":0},"summer":null}""");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'name':'rex','leg':3}          | /leg     | key "leg" is not known; did you mean "legs"? known: name, weight, legs, chip, fed, gait, sleep, litter, toy, toys, home, summer
            {'name':'rex','a/b~c':3}        | /a~1b~0c | key "a/b~c" is not known; known: name, weight, legs, chip, fed, gait, sleep, litter, toy, toys, home, summer
            {}                              | /name    | is required
            {'name':null}                   | /name    | must not be null
            {'name':7}                      | /name    | must be a text, was 7
            {'name':'Rex'}                  | /name    | must match [a-zé]+, was "Rex"
            {'name':'rexrexrex'}            | /name    | must have at most 8 characters, was "rexrexrex"
            {'name':'rex','weight':0}       | /weight  | must be > 0, was 0
            {'name':'rex','weight':100.5}   | /weight  | must be <= 100, was 100.5
            {'name':'rex','weight':'4'}     | /weight  | must be a finite number, was "4"
            {'name':'rex','weight':null}    | /weight  | must not be null
            {'name':'rex','legs':2.5}       | /legs    | must be a whole number, was 2.5
            {'name':'rex','legs':9}         | /legs    | must be <= 8, was 9
            {'name':'rex','legs':-1}        | /legs    | must be >= 0, was -1
            {'name':'rex','fed':'yes'}      | /fed     | must be true or false, was "yes"
            {'name':'rex','gait':'WALK'}    | /gait    | must be one of walk, flyLow, was "WALK"
            {'name':'rex','gait':1}         | /gait    | must be one of walk, flyLow, was 1
            {'name':'rex','sleep':'2h'}     | /sleep   | must be an ISO 8601 duration longer than zero, such as PT2H, was "2h"
            {'name':'rex','sleep':3600}     | /sleep   | must be an ISO 8601 duration longer than zero, such as PT2H, was 3600
            {'name':'rex','sleep':'-PT1S'}  | /sleep   | must be an ISO 8601 duration longer than zero, such as PT2H, was "-PT1S"
            {'name':'rex','sleep':'PT25H'}  | /sleep   | must be <= PT24H, was "PT25H"
            {'name':'rex','litter':[]}      | /litter  | must have 1 to 3 items, had 0
            {'name':'rex','litter':0.5}     | /litter  | must be an array, was 0.5
            {'name':'rex','litter':[0,1]}   | /litter/1 | must be < 1, was 1
            {'name':'rex','litter':[null]}  | /litter/0 | must be a finite number, was null
            {'name':'rex','toy':'ball'}     | /toy     | must be an object {"name": …, "parameters": {…}}, was "ball"
            {'name':'rex','toy':{}}         | /toy/name | is required; known: ball, rope
            {'name':'rex','toy':{'name':1}} | /toy/name | must be one of ball, rope, was 1
            {'name':'rex','toy':{'name':'bal'}} | /toy/name | toy "bal" is not known; did you mean "ball"? known: ball, rope
            {'name':'rex','toy':{'name':'ball','diameter':3}} | /toy/diameter | belongs in "parameters"
            {'name':'rex','toy':{'name':'ball','params':{}}} | /toy/params | key "params" is not known; did you mean "parameters"? known: name, parameters
            {'name':'rex','toy':{'name':'ball','parameters':3}} | /toy/parameters | must be an object, was 3
            {'name':'rex','toys':[{'name':'ball'},{'name':'ball','parameters':{'diameter':0}}]} | /toys/1/parameters/diameter | must be >= 1, was 0
            {'name':'rex','toy':{'name':'rope','parameters':{'length':0,'knotted':true}}} | /toy/parameters/knotted | needs a length of 0.1 at least
            {'name':'rex','home':{'area':1,'floor':2}} | /home | is too high for its area
            {'name':'rex','home':[]}        | /home    | must be an object, was an array
            """)
    void refusesWithPointerAndReason(String json, String pointer, String detail) {
        assertThat(violations(json)).containsExactly(new Violation(pointer, detail));
    }

    @Test
    void findsEveryViolationAtOnce() {
        assertThat(violations("{'weight':-1,'gait':'hop','toy':{'name':'rope','parameters':{'length':10,'colour':1}}}"))
                .extracting(Violation::pointer)
                .containsExactly("/name", "/weight", "/gait", "/toy/parameters/colour", "/toy/parameters/length");
    }

    @Test
    void refusesADocumentThatIsNoObject() {
        assertThat(violations("[1]")).containsExactly(new Violation("", "must be an object, was an array"));
        assertThat(violations("null")).containsExactly(new Violation("", "must be an object, was null"));
    }

    @Test
    void numbersWithoutAFractionAreWholeHoweverTheyAreWritten() {
        assertThat(read("{'name':'rex','legs':3.0,'chip':2e3}")).satisfies(pet -> {
            assertThat(pet.legs()).isEqualTo(3);
            assertThat(pet.chip()).isEqualTo(2000);
        });
    }

    private Pet read(String json) {
        return records.read(Pet.class, JSON.readTree(json.replace('\'', '"')));
    }

    private List<Violation> violations(String json) {
        return catchThrowableOfType(InvalidDocument.class, () -> read(json)).violations();
    }
}
