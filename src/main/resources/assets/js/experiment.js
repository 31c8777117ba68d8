// One experiment: its report follows its jobs, its curves follow its report.
import {send, refusalText} from './service.js';
import {seeds} from './seeds.js';
import {Bands} from './bands.js';

const live = () => document.getElementById('live');
const experiment = live().dataset.experiment;
const path = `/api/v1/experiments/${experiment}`;
const bands = new Bands(document.getElementById('curves'));
let drawing = false;
let again = false;

document.body.addEventListener('htmx:afterSettle', () => {
  const report = document.getElementById('report');
  if (report.dataset.succeeded !== live().dataset.succeeded && report.dataset.asked !== live().dataset.succeeded) {
    report.dataset.asked = live().dataset.succeeded;
    htmx.trigger(report, 'changed');
    draw();
  }
});
draw();

async function draw() {
  again = true;
  if (drawing) {
    return;
  }
  drawing = true;
  while (again) {
    again = false;
    const answer = await send('GET', `${path}/report?format=json`);
    if (answer.ok) {
      document.getElementById('no-curves').hidden = bands.show(answer.body.settings);
    }
  }
  drawing = false;
}

document.addEventListener('click', async event => {
  if (event.target.id !== 'delete' || !confirm('Delete this experiment with its jobs, their metrics and logs? The models that it made stay.')) {
    return;
  }
  const answer = await send('DELETE', path);
  if (answer.ok) {
    location.assign('/experiments');
    return;
  }
  const refusal = live().querySelector('.refusal');
  refusal.textContent = refusalText(answer.body);
  refusal.hidden = false;
});

const form = document.getElementById('seeds');
const wrong = document.getElementById('seeds-wrong');
form.addEventListener('submit', async event => {
  event.preventDefault();
  wrong.hidden = true;
  let answer;
  try {
    answer = await send('POST', `${path}/seeds`, {seeds: seeds(form.elements.seeds.value)});
  } catch (failure) {
    answer = {ok: false, body: {detail: failure.message}};
  }
  if (answer.ok) {
    form.reset();
    htmx.trigger(live(), 'changed');
    return;
  }
  wrong.textContent = refusalText(answer.body);
  wrong.hidden = false;
});
