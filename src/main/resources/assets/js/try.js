// Asks a model: a drawing, a picture, a test sample, numbers; one or two versions, with the curl for the same.
import {send, refusalText} from './service.js';
import {element, percent} from './elements.js';
import {Drawing, looks} from './drawing.js';

const part = document.getElementById('try');
const model = part.dataset.model;
const shape = part.dataset.shape.split(',').map(Number);
const size = shape.reduce((product, each) => product * each, 1);
const who = document.getElementById('who');
const answers = document.getElementById('answers');
const refused = document.getElementById('refused');
const SHOWN = 10;
const MOST_NUMBERS = 500_000;

let asked = null; // {body, type, curl, truth}: asked again when another version is chosen
let asking = false;
let next = null;
let all = null; // samples of the test split, once they are wanted
let from = 0;

document.getElementById('sample-size').textContent = size === 1 ? '1' : `${size.toLocaleString('en')}${shape.length > 1 ? ` (${shape.join(' × ')})` : ''}`;

// ---- tabs

const tabs = [...part.querySelectorAll('[role=tab]')];
for (const tab of tabs) {
  tab.addEventListener('click', () => open(tab));
  tab.addEventListener('keydown', event => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (step) {
      const to = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
      open(to);
      to.focus();
    }
  });
}

function open(tab) {
  for (const each of tabs) {
    const is = each === tab;
    each.setAttribute('aria-selected', is);
    each.tabIndex = is ? 0 : -1;
    document.getElementById(each.getAttribute('aria-controls')).hidden = !is;
  }
  if (tab.id === 'tab-sample') {
    showSamples();
  }
}
open(tabs.find(tab => tab.id === (part.dataset.kind === 'images' ? shape[0] === 1 ? 'tab-draw' : 'tab-picture' : 'tab-sample')) ?? tabs[0]);

// ---- who is asked

who.addEventListener('change', () => {
  const query = new URLSearchParams([...new FormData(who)].filter(([, value]) => value));
  history.replaceState(null, '', query.size > 0 ? `?${query}` : location.pathname);
  if (asked) {
    ask(asked);
  }
});
who.addEventListener('submit', event => event.preventDefault());

function references() {
  const reference = value => value === '' ? model : value.startsWith('@') ? model + value : `${model}:${value}`;
  const also = who.elements.against.value;
  return also === '' ? [reference(who.elements.of.value)] : [reference(who.elements.of.value), reference(also)];
}

// ---- asking: one question at a time, the newest wins

async function ask(question) {
  next = question;
  if (asking) {
    return;
  }
  asking = true;
  while (next) {
    asked = next;
    next = null;
    const wanted = references();
    const got = await Promise.all(wanted.map(reference => predict(reference, asked)));
    if (next === null) {
      show(wanted, got, asked);
    }
  }
  asking = false;
}

async function predict(reference, question) {
  const start = performance.now();
  const answer = await send('POST', `/api/v1/models/${encodeURIComponent(reference)}/predict`, question.body,
    question.body instanceof Blob ? {'Content-Type': question.type} : {});
  return {...answer, milliseconds: performance.now() - start};
}

function show(wanted, got, question) {
  document.getElementById('unasked').hidden = true;
  const failed = got.find(answer => !answer.ok);
  const wrong = document.getElementById('numbers-wrong');
  const atField = failed !== undefined && question.field === true;
  wrong.hidden = !atField;
  refused.hidden = failed === undefined || atField;
  (atField ? wrong : refused).textContent = failed ? refusalText(failed.body) : '';
  answers.replaceChildren(...got.map((answer, at) => answer.ok ? column(wanted[at], answer, question.truth) : ''));
  document.getElementById('same').hidden = false;
  document.getElementById('curl').textContent = wanted.map(reference => curl(reference, question)).join('\n\n');
  const line = document.getElementById('download-line');
  line.hidden = !question.file;
  if (question.file) {
    const link = document.getElementById('download');
    link.href = question.address;
    link.download = question.file;
    link.textContent = question.file;
  }
}

function column(reference, answer, truth) {
  const {version, predictions} = answer.body;
  return element('article', {class: 'answer'},
    element('div', {class: 'section-head'}, element('h3', {text: reference === `${model}:${version}` ? reference : `${reference} → version ${version}`})),
    ...predictions.slice(0, SHOWN).map((prediction, at) => one(prediction, predictions.length > 1 ? `sample ${at + 1}` : null, truth)),
    ...(predictions.length > SHOWN ? [element('p', {class: 'quiet', text: `and ${predictions.length - SHOWN} more samples, which the curl shows`})] : []),
    element('p', {class: 'quiet', text: `Answered in ${answer.milliseconds < 10 ? answer.milliseconds.toFixed(1) : Math.round(answer.milliseconds)} ms, the way there and back included.`}));
}

function one(prediction, name, truth) {
  const said = element('p', {class: 'said'}, ...(name ? [element('span', {class: 'quiet', text: `${name}: `})] : []), element('b', {class: 'label', text: prediction.label}));
  if (truth !== undefined) {
    const right = truth === prediction.label;
    said.append(' ', element('span', {class: `state ${right ? 'good' : 'bad'}`, text: right ? 'right' : `wrong: it is ${truth}`}));
  }
  return element('div', {}, said, element('ul', {class: 'bars'}, ...prediction.top.map(each => element('li', {},
    element('span', {class: 'bar-label', text: each.label}),
    element('meter', {min: 0, max: 1, value: each.probability, 'aria-label': `probability of ${each.label}`}),
    element('span', {class: 'number', text: percent(each.probability)})))));
}

function curl(reference, question) {
  const key = document.querySelector('meta[name=csrf]') ? " \\\n  -H \"Authorization: Bearer $KEY\"" : '';
  const start = `curl -s '${location.origin}/api/v1/models/${reference}/predict'${key} \\\n  -H 'Content-Type: ${question.type}' \\\n  `;
  return start + (question.file ? `--data-binary @'${question.file.replaceAll("'", "'\\''")}'` : `-d '${JSON.stringify(question.body)}'`);
}

// ---- a drawing

const canvas = document.getElementById('canvas');
if (canvas) {
  const drawing = new Drawing(canvas, askDrawing);
  const seen = document.getElementById('seen');
  const fit = document.getElementById('fit');
  [seen.height, seen.width] = [shape[1], shape[2]];
  see();
  document.getElementById('clear').addEventListener('click', () => {
    drawing.clear();
    see();
  });
  fit.addEventListener('change', () => {
    drawing.fits = fit.checked;
    askDrawing();
  });
  samples(Math.min(100, Math.floor(MOST_NUMBERS / size))).then(found => {
    if (found.length > 0) {
      drawing.look = looks(found.map(sample => sample.input[0]));
      drawing.paint();
      see();
      document.getElementById('fit-text').textContent = `Draw one thing: it is asked after every stroke. Fitted, it is moved, scaled and drawn as thick as the dataset's pictures are: `
        + `${drawing.look.isLight ? 'light on dark' : 'dark on light'}, over ${Math.round(100 * drawing.look.extent)} % of the frame, lines of ${Math.round(100 * drawing.look.stroke)} %.`;
    }
  });

  function see() {
    const context = seen.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(drawing.picture(), 0, 0, seen.width, seen.height);
  }

  function askDrawing() {
    see();
    if (!drawing.isEmpty) {
      drawing.picture().toBlob(blob => askPicture(blob, 'drawing.png'), 'image/png');
    }
  }
}

// ---- a picture

async function askPicture(blob, file, image) {
  const address = await dataAddress(blob);
  if (image) {
    image.src = address;
    image.hidden = false;
  }
  ask({body: blob, type: blob.type || 'application/octet-stream', file, address});
}

function dataAddress(blob) {
  return new Promise(resolve => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result));
    reader.readAsDataURL(blob);
  });
}

const file = document.getElementById('file');
if (file) {
  const drop = document.getElementById('drop');
  const chosen = document.getElementById('chosen');
  file.addEventListener('change', () => file.files.length > 0 && askPicture(file.files[0], file.files[0].name, chosen));
  for (const name of ['dragover', 'dragenter']) {
    drop.addEventListener(name, event => {
      event.preventDefault();
      drop.classList.add('over');
    });
  }
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', event => {
    event.preventDefault();
    drop.classList.remove('over');
    if (event.dataTransfer.files.length > 0) {
      askPicture(event.dataTransfer.files[0], event.dataTransfer.files[0].name, chosen);
    }
  });
}

// ---- samples of the test split

async function samples(limit) {
  if (!part.dataset.dataset || limit < 1) {
    return [];
  }
  const [name, version] = part.dataset.dataset.split(':');
  const answer = await send('GET', `/api/v1/datasets/${encodeURIComponent(name)}/versions/${version}/samples?split=test&limit=${limit}`);
  return answer.ok ? answer.body.samples : [];
}

async function showSamples() {
  const place = document.getElementById('samples');
  if (all === null) {
    all = [];
    place.setAttribute('aria-busy', 'true');
    all = await samples(Math.max(1, Math.min(200, Math.floor(MOST_NUMBERS / size))));
    for (let i = all.length - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1));
      [all[i], all[j]] = [all[j], all[i]];
    }
    place.removeAttribute('aria-busy');
    document.getElementById('more-samples').hidden = all.length <= 20;
    const none = document.getElementById('no-samples');
    none.hidden = all.length > 0;
    none.textContent = all.length > 0 ? '' : `There are none: the dataset ${part.dataset.dataset} has no test split, or was deleted.`;
  }
  place.replaceChildren(...all.slice(from, from + 20).map(sample => {
    const button = element('button', {type: 'button', class: 'sample', 'aria-label': `sample ${sample.index}, its class is ${sample.label}`});
    button.append(part.dataset.kind === 'images' ? pixels(sample.input) : element('code', {text: sample.input.slice(0, 4).map(value => Number(value.toPrecision(3))).join(', ') + (size > 4 ? ', …' : '')}),
      element('span', {text: sample.label}));
    button.addEventListener('click', () => {
      document.getElementById('values').value = JSON.stringify(sample.input);
      ask({body: {instances: [sample.input]}, type: 'application/json', truth: sample.label});
    });
    return button;
  }));
}

document.getElementById('more-samples')?.addEventListener('click', () => {
  from = from + 20 >= all.length ? 0 : from + 20;
  showSamples();
});

/** A picture of [channels][height][width]. */
function pixels(input) {
  const [height, width] = [input[0].length, input[0][0].length];
  const made = element('canvas', {width, height, 'aria-hidden': true});
  const context = made.getContext('2d');
  const image = context.createImageData(width, height);
  for (let i = 0; i < height * width; i++) {
    for (let channel = 0; channel < 3; channel++) {
      image.data[4 * i + channel] = input[input.length === 1 ? 0 : channel][Math.floor(i / width)][i % width];
    }
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return made;
}

// ---- numbers

document.getElementById('numbers-form').addEventListener('submit', event => {
  event.preventDefault();
  const wrong = document.getElementById('numbers-wrong');
  try {
    const instances = read(document.getElementById('values').value);
    wrong.hidden = true;
    ask({body: {instances}, type: 'application/json', field: true});
  } catch (failure) {
    wrong.textContent = failure.message;
    wrong.hidden = false;
    document.getElementById('values').focus();
  }
});

/** Samples as the service takes them, from JSON or from lines of numbers. */
function read(text) {
  const trimmed = text.trim();
  if (trimmed === '') {
    throw new Error('Nothing is there yet: write or paste numbers.');
  }
  if (trimmed.startsWith('[') || trimmed.startsWith('{')) {
    let json;
    try {
      json = JSON.parse(trimmed);
    } catch (failure) {
      throw new Error(`This begins as JSON does but is none: ${failure.message}`);
    }
    if (!Array.isArray(json)) {
      return json.instances ?? [json];
    }
    const depth = value => Array.isArray(value) ? 1 + depth(value[0]) : 0;
    return depth(json) > shape.length || depth(json) === 2 && json.every(row => row.length === size) ? json : [json];
  }
  const lines = trimmed.split(/\r?\n/).filter(line => line.trim() !== '').map((line, at) => line.trim().split(/[\s,;]+/).filter(each => each !== '').map(each => {
    const value = Number(each);
    if (!Number.isFinite(value)) {
      throw new Error(`Line ${at + 1} has “${each.slice(0, 40)}”, which is no number.`);
    }
    return value;
  }));
  const flat = lines.flat();
  return flat.length === size && lines.length > 1 ? [flat] : lines;
}
