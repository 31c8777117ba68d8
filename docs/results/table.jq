# A report as a table in Markdown: rates in %, mean ± standard deviation over seeds. $reference: file of values to show beside.
def hundredths: . * 100 | round | . / 100 | tostring
    | if test("\\.") then (if test("\\.\\d$") then . + "0" else . end) else . + ".00" end;
def percent: . * 100 | hundredths;
def spread: if . == null then "–" else "\(.mean | percent) ± \(.sd // 0 | percent)" end;
def plain: if . == null then "–" else .mean | hundredths end;
def points: if . == null then "" else "\(.mean | percent) [\(.lower | percent), \(.upper | percent)]" end;
.name as $name |
"\n## \(.name)\n\n\(.succeeded) of \(.jobs) jobs; difference of balanced accuracy to the first row in points, with its 95 % interval; p of the signed-rank test after Holm.\n",
(.settings[] |
    "| | balanced accuracy | numpy reference | difference | p | macro-F1 | worst class | medium-shot | few-shot | NLL | ECE | ECE, scaled | relative gap | verdict |",
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    (.cells[] | "| \(.label) | \(.metrics.balancedAccuracy | spread) | \($reference[0][$name][.label] // "–") | \(.differences.balancedAccuracy | points) | \(.signedRank.holmPValue // "" | if . == "" then . else hundredths end) | \(.metrics.macroF1 | spread) | \(.metrics.worstClassRecall | spread) | \(.metrics.mediumShotRecall | spread) | \(.metrics.fewShotRecall | spread) | \(.metrics.nll | plain) | \(.metrics.ece | spread) | \(.metrics.scaledEce | spread) | \(.metrics.relativeGap | plain) | \(.verdict.outcome) |"),
    (if .choice then "\n" + .choice.text else empty end))
