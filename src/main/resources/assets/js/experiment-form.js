// A new experiment: what is ticked becomes the document; the service counts and checks it while it is made.
import {send, refusalText} from './service.js';
import {element} from './elements.js';
import {seeds} from './seeds.js';

const form = document.getElementById('experiment');
const summary = document.getElementById('summary');
const warnings = document.getElementById('warnings');
const refused = document.getElementById('refused');
const button = document.getElementById('submit');

let timer;
let latest = 0;
let losses = []; // of the document shown last

/** Something that the service needn't be asked about. */
class Wrong extends Error {

  constructor(pointer, text) {
    super(text);
    this.pointer = pointer;
  }
}

form.addEventListener('input', changed);
form.addEventListener('change', changed);
form.addEventListener('submit', async event => {
  event.preventDefault();
  const document = made();
  if (!document) {
    return;
  }
  button.setAttribute('aria-busy', 'true');
  button.disabled = true;
  const answer = await send('POST', '/api/v1/experiments', document, {'Idempotency-Key': crypto.randomUUID()});
  if (answer.ok) {
    location.assign(`/experiments/${answer.body.id}`);
    return;
  }
  button.removeAttribute('aria-busy');
  button.disabled = false;
  showErrors(answer.body);
});
changed();

function changed() {
  for (const loss of form.querySelectorAll('.loss')) {
    const parameters = loss.querySelector('.parameters');
    if (parameters) {
      parameters.hidden = !loss.querySelector('input[name=loss]').checked;
    }
  }
  clearTimeout(timer);
  timer = setTimeout(plan, 250);
}

async function plan() {
  const document = made();
  if (!document) {
    return;
  }
  const asked = ++latest;
  const answer = await send('POST', '/api/v1/experiments', {...document, dryRun: true});
  if (asked !== latest) {
    return;
  }
  if (!answer.ok) {
    showErrors(answer.body);
    return;
  }
  const planned = answer.body;
  summary.textContent = `${planned.cells} ${planned.cells === 1 ? 'combination' : 'combinations'} × ${planned.seeds} ${planned.seeds === 1 ? 'seed' : 'seeds'}: ${planned.summary}.`;
  warnings.replaceChildren(...planned.warnings.map(text => element('li', {text})),
    ...(planned.estimateReason ? [element('li', {class: 'quiet', text: `No estimate of the time: ${planned.estimateReason}.`})] : []));
}

/** The document, or null with the reason shown. */
function made() {
  clearErrors();
  try {
    const document = read();
    window.document.getElementById('curl').textContent = curl(document);
    return document;
  } catch (wrong) {
    if (!(wrong instanceof Wrong)) {
      throw wrong;
    }
    latest++;
    showErrors({errors: [{pointer: wrong.pointer, detail: wrong.message}]});
    return null;
  }
}

function read() {
  const field = name => form.elements[name].value.trim();
  const whole = name => field(name) === '' ? {} : {[name]: Number(field(name))};
  let more = {};
  try {
    more = field('more') === '' ? {} : JSON.parse(field('more'));
  } catch (failure) {
    throw new Wrong('/job', `The rest of the job is no JSON: ${failure.message}`);
  }
  const job = {dataset: field('dataset'), architecture: {name: field('architecture')}, ...whole('epochs'), ...whole('batchSize'), ...more};
  losses = [...form.querySelectorAll('.loss')].filter(loss => loss.querySelector('input[name=loss]').checked).flatMap(variants);
  const document = {name: field('name'), job};
  offer(losses);
  if (losses.length > 0) {
    document.losses = losses;
  }
  const weights = [...form.querySelectorAll('input[name=scheme]:checked')].flatMap(({value}) => value === 'effectiveNumber' && field('beta') !== ''
    ? numbers(field('beta'), '/classWeights').map(beta => ({scheme: value, beta})) : [{scheme: value}]);
  if (weights.length > 1 || weights.length === 1 && weights[0].scheme !== 'none') {
    document.classWeights = weights;
  }
  const tails = [...(form.elements.asItIs.checked ? [null] : []), ...numbers(field('ratios'), '/imbalance').map(ratio => ({profile: field('profile'), ratio}))];
  if (tails.some(tail => tail !== null)) {
    document.imbalance = tails;
  }
  try {
    document.seeds = seeds(field('seeds'));
  } catch (failure) {
    throw new Wrong('/seeds', failure.message);
  }
  const baseline = Number(form.elements.baseline.value || 0);
  if (baseline > 0) {
    document.baseline = {'/loss': baseline};
  }
  return document;
}

/** A loss with each combination of the values of its parameters. */
function variants(loss) {
  let all = [{}];
  for (const input of loss.querySelectorAll('[data-parameter]')) {
    const values = input.value.split(/[\s,;]+/).filter(each => each !== '').map(each => value(each, input.dataset.type));
    if (values.length > 0) {
      all = all.flatMap(before => values.map(each => ({...before, [input.dataset.parameter]: each})));
    }
  }
  return all.map(parameters => Object.keys(parameters).length > 0 ? {name: loss.dataset.loss, parameters} : {name: loss.dataset.loss});
}

function value(text, type) {
  return type === 'boolean' && (text === 'true' || text === 'false') ? text === 'true'
    : type !== 'enum' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function numbers(text, pointer) {
  return text.split(/[\s,;]+/).filter(each => each !== '').map(each => {
    if (!Number.isFinite(Number(each))) {
      throw new Wrong(pointer, `“${each}” is no number.`);
    }
    return Number(each);
  });
}

/** What may be the baseline: one of the losses, kept where it is still there. */
function offer(losses) {
  const names = losses.map(loss => loss.name + (loss.parameters ? ` (${Object.entries(loss.parameters).map(entry => entry.join(' ')).join(', ')})` : ''));
  const select = form.elements.baseline;
  if (names.join('\n') === [...select.options].map(option => option.text).join('\n')) {
    return;
  }
  const chosen = select.selectedOptions[0]?.text ?? 'softmax';
  select.replaceChildren(...names.map((text, at) => element('option', {value: at, text})));
  select.value = String(Math.max(0, names.indexOf(chosen)));
  select.disabled = names.length < 2;
}

// ---- what is wrong, at its field

function clearErrors() {
  refused.hidden = true;
  form.querySelectorAll('.field-error').forEach(each => each.remove());
  form.querySelectorAll('[aria-invalid]').forEach(each => each.removeAttribute('aria-invalid'));
}

function showErrors(problem) {
  clearErrors();
  const left = (problem.errors ?? []).filter(error => !atField(error));
  if (left.length > 0 || (problem.errors ?? []).length === 0) {
    refused.textContent = refusalText({...problem, errors: left});
    refused.hidden = false;
  }
  summary.textContent = 'Not an experiment yet.';
  warnings.replaceChildren();
}

function atField(error) {
  const places = [...form.querySelectorAll('[data-pointer]')].filter(each => error.pointer === each.dataset.pointer || error.pointer.startsWith(`${each.dataset.pointer}/`));
  const place = places.sort((a, b) => b.dataset.pointer.length - a.dataset.pointer.length)[0];
  if (!place) {
    return false;
  }
  const rest = error.pointer.slice(place.dataset.pointer.length + 1).replaceAll('/', '.');
  const [, at, parameter] = error.pointer.match(/^\/losses\/(\d+)\/parameters\/(\w+)/) ?? [];
  const input = at && form.querySelector(`[data-loss="${losses[at]?.name}"] [data-parameter="${parameter}"]`);
  if (input) {
    input.setAttribute('aria-invalid', 'true');
    input.after(element('small', {class: 'field-error', role: 'alert', text: error.detail}));
    return true;
  }
  const text = element('small', {class: 'field-error', role: 'alert', text: `${rest ? `${rest}: ` : ''}${error.detail}`});
  if (place.matches('fieldset')) {
    place.append(text);
  } else {
    place.setAttribute('aria-invalid', 'true');
    place.closest('details')?.setAttribute('open', '');
    place.after(text);
  }
  return true;
}

function curl(document) {
  const key = window.document.querySelector('meta[name=csrf]') ? " \\\n  -H \"Authorization: Bearer $KEY\"" : '';
  return `curl -s '${location.origin}/api/v1/experiments'${key} \\\n  -H 'Content-Type: application/json' \\\n  -d '${compact(document).replaceAll("'", "'\\''")}'`;
}

/** JSON in which what is short and has nothing nested stays on one line. */
function compact(document) {
  return JSON.stringify(document, null, 1).replace(/[{[]\n[^{}[\]]{0,90}[}\]]/g, inner => inner[0] + inner.slice(1, -1).replace(/\n\s*/g, ' ').trim() + inner.at(-1));
}
