// The table of classes: how many samples each keeps, and what it weighs.

/** Shows what a job would train on. What is not known is a dash. */
export function showCounts(table, preview) {
  const most = (preview.availableCounts ?? []).reduce((a, b) => Math.max(a, b), 1);
  table.querySelectorAll('tbody tr').forEach((row, k) => {
    const [out, held, trained] = row.querySelectorAll('rect');
    const available = preview.availableCounts?.[k];
    out.setAttribute('width', share(available, most));
    held.setAttribute('width', share(preview.keptCounts?.[k], most));
    trained.setAttribute('width', share(preview.trainingCounts?.[k] ?? 0, most));
    say(row.querySelector('[data-shows=trained]'), count(preview.trainingCounts?.[k]));
    const weights = row.querySelector('[data-shows=weight]');
    if (weights) {
      say(weights, preview.classWeights ? weight(preview.classWeights[k]) : '–');
    }
  });
}

function share(value, most) {
  return `${(100 * (value ?? 0) / most).toFixed(2)}%`;
}

export function count(value) {
  return value === undefined || value === null ? '–' : value.toLocaleString('en').replaceAll(',', '\u202f');
}

function weight(value) {
  return value === 0 ? '0' : value >= 1000 ? count(Math.round(value)) : value.toPrecision(3);
}

function say(cell, text) {
  if (cell.textContent !== text) {
    cell.textContent = text;
  }
}
