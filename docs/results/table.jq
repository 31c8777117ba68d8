# A report as tables in Markdown: rates in %, mean ± standard deviation over seeds. $reference: file of values to show beside.
# A column that no row has a value for is left out.
def hundredths: . * 100 | round | . / 100 | tostring
    | if test("\\.") then (if test("\\.\\d$") then . + "0" else . end) else . + ".00" end;
def percent: . * 100 | hundredths;
def spread: if . == null then null else "\(.mean | percent) ± \(.sd // 0 | percent)" end;
def plain: if . == null then null else .mean | hundredths end;
def points: if . == null then null else "\(.mean | percent) [\(.lower | percent), \(.upper | percent)]" end;
def row: "| " + join(" | ") + " |";
.name as $name |
"## \(.name)\n\n\(.succeeded) of \(.jobs) jobs; difference of balanced accuracy to the first row in points, with its 95 % interval; p of the signed-rank test after Holm.\n",
(.settings[] |
    [.cells[] | {
        "": .label,
        "balanced accuracy": (.metrics.balancedAccuracy | spread),
        "numpy reference": $reference[0][$name][.label],
        "difference": (.differences.balancedAccuracy | points),
        "p": (.signedRank.holmPValue // null | if . == null then null else hundredths end),
        "macro-F1": (.metrics.macroF1 | spread),
        "worst class": (.metrics.worstClassRecall | spread),
        "medium-shot": (.metrics.mediumShotRecall | spread),
        "few-shot": (.metrics.fewShotRecall | spread),
        "NLL": (.metrics.nll | plain),
        "ECE": (.metrics.ece | spread),
        "ECE, scaled": (.metrics.scaledEce | spread),
        "relative gap": (.metrics.relativeGap | plain),
        "verdict": .verdict.outcome}] as $rows |
    [$rows[0] | keys_unsorted[] | select(. as $column | any($rows[]; .[$column] != null))] as $columns |
    ($columns | row),
    ($columns | map("---") | row | gsub(" "; "")),
    ($rows[] | . as $cells | [$columns[] | $cells[.] // "–"] | row),
    (if .choice then "\n" + .choice.text else empty end))
