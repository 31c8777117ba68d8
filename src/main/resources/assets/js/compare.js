// Two versions on the same test samples.
import {send, refusalText} from './service.js';
import {element, number, percent, table} from './elements.js';

const TITLES = {balancedAccuracy: 'balanced accuracy', accuracy: 'accuracy', macroF1: 'macro F1', worstClassRecall: 'worst recall',
  auroc: 'AUROC', auprc: 'AUPRC', nll: 'NLL', brier: 'Brier', ece: 'ECE'};
const RATES = ['balancedAccuracy', 'accuracy', 'macroF1', 'worstClassRecall', 'ece'];
const LOWER_IS_BETTER = ['nll', 'brier', 'ece'];

const form = document.getElementById('compare');
const place = document.getElementById('comparison');
const refused = document.getElementById('refused');

form.addEventListener('submit', event => {
  event.preventDefault();
  history.replaceState(null, '', `?first=${form.elements.first.value}&second=${form.elements.second.value}`);
  compare();
});
if (place.dataset.ready === 'true') {
  compare();
}

async function compare() {
  const [first, second] = [Number(form.elements.first.value), Number(form.elements.second.value)];
  place.setAttribute('aria-busy', 'true');
  const answer = await send('POST', `/api/v1/models/${encodeURIComponent(form.dataset.model)}/compare`, {versions: [first, second]});
  place.removeAttribute('aria-busy');
  refused.hidden = answer.ok;
  refused.textContent = answer.ok ? '' : refusalText(answer.body);
  place.replaceChildren(...(answer.ok ? shown(answer.body, first, second) : []));
}

function shown(comparison, first, second) {
  const test = comparison.mcNemar;
  return [
    element('section', {},
      element('h2', {text: 'Verdict'}),
      element('p', {class: 'verdict', text: `${comparison.verdict[0].toUpperCase()}${comparison.verdict.slice(1)}.`}),
      element('p', {class: 'quiet', text: (test
        ? `Only version ${first} has ${test.onlyFirst} of ${comparison.samples} samples right, only version ${second} has ${test.onlySecond}: McNemar's exact test of these two numbers. `
        : '') + `Test split of ${comparison.dataset}:${comparison.datasetVersion}.`})),
    element('section', {},
      element('h2', {text: 'Metrics'}),
      table('Metrics', ['metric', `version ${first}`, `version ${second}`, 'difference'], Object.entries(comparison.metrics).map(([key, pair]) => {
        const text = RATES.includes(key) ? percent : number;
        return [`${TITLES[key] ?? key} ${LOWER_IS_BETTER.includes(key) ? '↓' : '↑'}`, text(pair.first), text(pair.second), difference(pair.difference, RATES.includes(key))];
      })),
      element('p', {class: 'quiet', text: '↑ higher is better, ↓ lower is better. A difference is of the second from the first; whether it is chance, only the verdict says, and only of accuracy.'})),
    element('section', {},
      element('h2', {text: 'Classes'}),
      table('Classes', ['class', 'samples', `recall ${first}`, `recall ${second}`, 'difference', `precision ${first}`, `precision ${second}`, 'difference'],
        comparison.perClass.map(each => [each.label, each.support, percent(each.recall.first), percent(each.recall.second), difference(each.recall.difference, true),
          percent(each.precision.first), percent(each.precision.second), difference(each.precision.difference, true)]))),
  ];
}

function difference(value, isRate) {
  const text = isRate ? `${(100 * Math.abs(value)).toFixed(1)}` : number(Math.abs(value));
  return {text: (Number(text) === 0 ? '' : value > 0 ? '+' : '−') + text + (isRate ? ' pts' : '')};
}
