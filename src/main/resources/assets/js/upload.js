// Sends a dataset, with its progress, and says what came of it.
import {showViolations, summarise} from './violations.js';
import {showCommand, quoted} from './curl.js';
import {count} from './counts.js';

const form = document.getElementById('upload-form');
const state = document.getElementById('upload-state');
const bar = document.getElementById('upload-progress');
const said = document.getElementById('upload-said');
const refusal = document.getElementById('upload-refusal');
const done = document.getElementById('upload-done');
const sendButton = document.getElementById('upload-send');
const stopButton = document.getElementById('upload-stop');
const command = document.getElementById('curl');
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

let running = null;

describe();
form.addEventListener('input', describe);
form.addEventListener('submit', event => {
  event.preventDefault();
  if (!running) {
    upload();
  }
});
stopButton.addEventListener('click', () => running?.abort());
window.addEventListener('beforeunload', event => {
  if (running) {
    event.preventDefault();
  }
});

for (const place of form.querySelectorAll('[data-drop]')) {
  const input = document.getElementById(place.dataset.drop);
  input.addEventListener('change', () => list(place, input));
  for (const kind of ['dragenter', 'dragover']) {
    place.addEventListener(kind, event => {
      event.preventDefault();
      place.classList.add('over');
    });
  }
  place.addEventListener('dragleave', () => place.classList.remove('over'));
  place.addEventListener('drop', event => {
    event.preventDefault();
    place.classList.remove('over');
    const folder = [...event.dataTransfer.items].map(item => item.webkitGetAsEntry?.()).find(entry => entry?.isDirectory);
    if (folder) {
      refuse({errors: [{pointer: `/${input.name}`, detail: `"${folder.name}" is a folder: pack it as zip or tar first`}]});
      return;
    }
    input.files = event.dataTransfer.files;
    list(place, input);
  });
}

function list(place, input) {
  place.querySelector('.files').replaceChildren(...[...input.files].slice(0, 50).map(file => {
    const item = document.createElement('li');
    item.textContent = `${file.name}, ${bytes(file.size)}`;
    return item;
  }));
  const first = input.files[0];
  if (first && input.name === 'file' && form.elements.name.value === '') {
    form.elements.name.value = first.name.toLowerCase().replace(/\.(zip|tar|tar\.gz|tgz|csv|csv\.gz|npz|npy|gz)$/, '').replace(/[^a-z0-9._-]+/g, '-').replace(/^[^a-z0-9]+/, '').slice(0, 63);
  }
  describe();
}

function bytes(size) {
  return size < 10_000 ? `${count(size)} B` : size < 10_000_000 ? `${count(Math.round(size / 1000))} kB` : `${count(Math.round(size / 1e6))} MB`;
}

function texts() {
  return ['imageSize', 'labelColumn', 'maxValue'].map(name => [name, form.elements[name].value.trim()]).filter(([, value]) => value !== '');
}

function describe() {
  const names = input => input.files.length > 0 ? [...input.files].map(file => file.name) : [];
  const files = names(form.elements.file);
  showCommand(command, [
    `curl ${location.origin}/api/v1/datasets`,
    `-F ${word(`name=${form.elements.name.value.trim() || 'my-data'}`)}`,
    ...(files.length > 0 ? files : ['data.zip']).map(name => `-F ${word(`file=@${name}`)}`),
    ...names(form.elements.testFile).map(name => `-F ${word(`testFile=@${name}`)}`),
    ...texts().map(([name, value]) => `-F ${word(`${name}=${value}`)}`)]);
}

function word(text) {
  return /^[\w.,:=@/-]+$/.test(text) ? text : quoted(text);
}

function upload() {
  done.hidden = true;
  refusal.hidden = true;
  showViolations(form, []);
  const name = form.elements.name.value.trim();
  const wrong = [];
  if (!NAME.test(name)) {
    wrong.push({pointer: '/name', detail: name === '' ? 'is required' : "must be lower-case letters, digits, '.', '_' or '-' and start with a letter or digit"});
  }
  if (form.elements.file.files.length === 0) {
    wrong.push({pointer: '/file', detail: 'is required: choose at least one file'});
  }
  if (wrong.length > 0) {
    refuse({errors: wrong});
    return;
  }
  const data = new FormData();
  data.append('name', name);
  for (const [field, value] of texts()) {
    data.append(field, value);
  }
  for (const field of ['file', 'testFile']) {
    for (const file of form.elements[field].files) {
      data.append(field, file);
    }
  }
  const request = new XMLHttpRequest();
  running = request;
  busy(true);
  progress(0, 'Sending …');
  request.upload.addEventListener('progress', event => {
    if (event.lengthComputable && event.loaded < event.total) {
      progress(event.loaded / event.total, `Sending: ${bytes(event.loaded)} of ${bytes(event.total)}`);
    }
  });
  request.upload.addEventListener('load', () => progress(null, 'Sent. The service reads and packs it …'));
  request.addEventListener('load', () => answered(request));
  request.addEventListener('error', () => ended({detail: 'The service does not answer, or it ended the upload: try again.'}));
  request.addEventListener('abort', () => ended({detail: 'Stopped: nothing was kept of it.'}));
  request.open('POST', '/api/v1/datasets');
  request.setRequestHeader('Accept', 'application/json');
  const csrf = document.querySelector('meta[name=csrf]');
  if (csrf) {
    request.setRequestHeader(csrf.dataset.header, csrf.content);
  }
  request.send(data);
}

function progress(part, text) {
  if (part === null) {
    bar.removeAttribute('value');
  } else {
    bar.value = part;
  }
  said.textContent = text;
}

function busy(is) {
  state.hidden = !is;
  stopButton.hidden = !is;
  sendButton.disabled = is;
}

function answered(request) {
  if (request.status === 401) {
    location.assign('/sign-in');
    return;
  }
  let body = null;
  try {
    body = JSON.parse(request.responseText);
  } catch (unreadable) {
    body = {detail: `The service answered ${request.status} without saying why.`};
  }
  if (request.status !== 200 && request.status !== 201) {
    ended(body);
    return;
  }
  running = null;
  busy(false);
  succeeded(body, request.status === 201);
  htmx.trigger(document.body, 'arrived');
}

function ended(problem) {
  running = null;
  busy(false);
  refuse(problem);
}

function refuse(problem) {
  const fields = showViolations(form, problem.errors ?? []);
  for (const field of fields) {
    const fold = field?.closest('details');
    if (fold) {
      fold.open = true;
    }
  }
  summarise(refusal, problem, fields);
}

function succeeded(dataset, isNew) {
  const reference = `${dataset.name}:${dataset.version}`;
  const head = document.createElement('p');
  const shape = dataset.kind === 'images' ? `images of ${dataset.shape.slice(1).join(' × ')} pixels, ${dataset.shape[0] === 1 ? 'grey' : 'colour'}` : `rows of ${count(dataset.shape[0])} numbers`;
  head.textContent = `${isNew ? 'Read' : 'Nothing new: the same content is here already as'} ${isNew ? `as ${reference}` : reference}: `
    + `${shape}, from ${dataset.format}; ${count(dataset.splits.train.count)} to train on and ${count(dataset.splits.test.count)} to test on, of ${count(dataset.classes.length)} classes.`;
  const links = document.createElement('p');
  links.className = 'actions';
  links.append(link(`/jobs/new?dataset=${encodeURIComponent(reference)}`, 'Train on it', true),
    link(`/datasets/${dataset.name}/versions/${dataset.version}`, 'Look at it', false));
  const parts = [head];
  if (dataset.warnings.length > 0) {
    const title = document.createElement('p');
    title.textContent = 'To know:';
    const warnings = document.createElement('ul');
    warnings.append(...dataset.warnings.map(warning => {
      const item = document.createElement('li');
      item.textContent = warning;
      return item;
    }));
    parts.push(title, warnings);
  }
  done.replaceChildren(...parts, links);
  done.hidden = false;
  done.focus();
}

function link(address, text, isMain) {
  const made = document.createElement('a');
  made.href = address;
  made.textContent = text;
  made.setAttribute('role', 'button');
  if (!isMain) {
    made.className = 'secondary outline';
  }
  return made;
}
