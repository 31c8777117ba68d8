// The form of a job: which fields there are, what the job would be, and its submission.
import {send} from './service.js';
import {documentOf} from './specification.js';
import {showViolations, summarise, sentence} from './violations.js';
import {showCommand, quoted} from './curl.js';
import {showCounts, count} from './counts.js';
import {bindScales} from './scale.js';

const form = document.getElementById('job');
const button = document.getElementById('submit');
const refusal = document.getElementById('refusal');
const summary = document.getElementById('summary');
const parameters = document.getElementById('parameters');
const command = document.getElementById('curl');
const list = document.getElementById('augmentation-list');
const architecture = form.querySelector('[data-choice=architecture]');
const initialModel = form.querySelector('[data-pointer="/initialModel"]');

let said = '';
let key = newKey();
let asking = false;
let waiting = false;
let preview = null;

bindScales(form);
fit();
changed();

form.addEventListener('input', event => {
  if (event.target === initialModel) {
    follow();
  }
  fit();
  changed();
});
form.addEventListener('click', event => {
  const {add, do: act} = event.target.dataset;
  const entry = event.target.closest('[data-augmentation]');
  if (add) {
    const added = form.querySelector(`template[data-pattern="${CSS.escape(add)}"]`).content.firstElementChild.cloneNode(true);
    list.append(added);
    number();
    (added.querySelector('input') ?? added.querySelector('button')).focus();
  } else if (act === 'remove') {
    entry.remove();
    number();
    form.querySelector('[data-add]').focus();
  } else if (act === 'earlier' && entry.previousElementSibling) {
    list.insertBefore(entry, entry.previousElementSibling);
    number();
    event.target.focus();
  } else {
    return;
  }
  changed();
});
form.addEventListener('submit', submit);
document.getElementById('dataset-choice').addEventListener('change', event => {
  const address = new URL(location);
  address.searchParams.set('dataset', event.target.value);
  history.replaceState(null, '', address);
  htmx.trigger('#counts', 'dataset');
});
document.body.addEventListener('htmx:afterSettle', show);
window.addEventListener('pageshow', event => {
  if (event.persisted) {
    key = newKey();
    button.disabled = false;
    button.removeAttribute('aria-busy');
  }
});

/** One for each document: sent twice it makes one job. Browsers give random names only to secure pages. */
function newKey() {
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
}

/** Shows the fields of what is chosen, and hides the others. */
function fit() {
  for (const choice of form.querySelectorAll('[data-choice]')) {
    for (const entry of choice.closest('.choice').querySelectorAll('[data-entry]')) {
      reveal(entry, entry.dataset.entry === choice.value);
    }
  }
  for (const part of form.querySelectorAll('input[data-part]')) {
    reveal(part.closest('.optional').querySelector('fieldset'), part.checked);
  }
  for (const fields of form.querySelectorAll('[data-with]')) {
    reveal(fields, fields.dataset.is.split(' ').includes(form.querySelector(`[data-pointer="${fields.dataset.with}"]`).value));
  }
}

function reveal(fields, is) {
  fields.hidden = !is;
  fields.disabled = !is;
}

/** A job that starts from a model has its architecture, unless another one is chosen. */
function follow() {
  const asModel = architecture.options[0];
  const none = initialModel.value.trim() === '';
  asModel.hidden = none;
  if (none && architecture.value === '') {
    architecture.value = architecture.dataset.usual;
  } else if (!none && architecture.value === architecture.dataset.usual) {
    architecture.value = '';
  }
}

/** Augmentations are pointed to by their place. */
function number() {
  [...list.children].forEach((entry, at) => {
    for (const part of entry.querySelectorAll('[data-at], [data-pointer], [id], [for], [aria-describedby]')) {
      for (const name of ['data-at', 'data-pointer', 'id', 'for', 'aria-describedby']) {
        if (part.hasAttribute(name)) {
          part.setAttribute(name, part.getAttribute(name).replaceAll(/augmentations([/-])(#|\d+)/g, `augmentations$1${at}`));
        }
      }
    }
    entry.querySelector('[data-do=earlier]').disabled = at === 0;
  });
}

function changed() {
  const specification = documentOf(form);
  const text = JSON.stringify(specification);
  if (text === said) {
    return;
  }
  said = text;
  key = newKey();
  refusal.hidden = true;
  showCommand(command, [
    `curl ${location.origin}/api/v1/jobs`,
    "-H 'Content-Type: application/json'",
    `-d ${quoted(JSON.stringify(specification, null, 2))}`]);
  ask();
}

/** Asks what the job would be, one question at a time, the last one for sure. */
async function ask() {
  waiting = true;
  if (asking) {
    return;
  }
  asking = true;
  while (waiting) {
    waiting = false;
    const asked = said;
    const answer = await send('POST', '/api/v1/jobs/check', JSON.parse(asked));
    if (asked !== said) {
      continue;
    }
    if (answer.ok) {
      preview = answer.body;
      showViolations(form, preview.errors);
      show();
    } else {
      summary.textContent = answer.body?.detail ?? 'The service does not answer.';
    }
  }
  asking = false;
}

function show() {
  if (!preview) {
    return;
  }
  const table = document.querySelector('#counts table');
  if (preview.spec && table && table.dataset.reference === preview.spec.dataset) {
    showCounts(table, preview);
  }
  parameters.textContent = preview.parameterCount === null ? 'Its size is known when what is wrong is mended.'
    : `${count(preview.parameterCount)} parameters for this dataset`;
  const wrong = preview.errors.length;
  summary.classList.toggle('bad', wrong > 0);
  summary.textContent = wrong > 0
    ? `${wrong === 1 ? 'One thing is' : `${wrong} things are`} wrong: ${sentence(preview.errors[0])}`
    : `${count(sum(preview.trainingCounts))} samples of ${count(preview.classes.length)} classes, ${count(sum(preview.keptCounts) - sum(preview.trainingCounts))} to validate, `
      + `${count(preview.parameterCount)} parameters; becomes the next version of the model ${preview.spec.model}.`;
}

function sum(counts) {
  return counts.reduce((all, each) => all + each, 0);
}

async function submit(event) {
  event.preventDefault();
  if (button.disabled) {
    return;
  }
  button.disabled = true;
  button.setAttribute('aria-busy', 'true');
  refusal.hidden = true;
  const answer = await send('POST', '/api/v1/jobs', documentOf(form), {'Idempotency-Key': key});
  if (answer.ok) {
    location.assign(`/jobs/${answer.body.id}`);
    return;
  }
  button.disabled = false;
  button.removeAttribute('aria-busy');
  summarise(refusal, answer.body, showViolations(form, answer.body?.errors ?? []));
}
