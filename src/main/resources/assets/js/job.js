// One job, live: its curves, its log and its head, from one stream of events.
import {connected} from './page.js';
import {Curves} from './curves.js';

const head = document.getElementById('head');
const job = head.dataset.job;
const over = state => state === 'SUCCEEDED' || state === 'FAILED' || state === 'CANCELLED';

const place = document.getElementById('curves');
const log = document.getElementById('log');
const curves = place ? new Curves(place) : null;

let after = 0;
if (curves) {
  const answer = await fetch(`/api/v1/jobs/${job}/metrics?maxPoints=2000`);
  if (answer.ok) {
    const page = await answer.json();
    curves.add(page.points);
    after = page.lastSequence;
  }
}
if (log) {
  const answer = await fetch(`/api/v1/jobs/${job}/log`);
  if (answer.ok) {
    write(await answer.text());
  }
}
if (!over(head.dataset.state)) {
  follow();
}

function follow() {
  // the log is shown from the answer above; of the stream only what comes after it is of interest
  const stream = new EventSource(`/api/v1/jobs/${job}/events?afterSequence=${after}`);
  let waiting = [];
  stream.addEventListener('open', () => connected(true));
  stream.addEventListener('error', () => connected(stream.readyState !== EventSource.CONNECTING || over(document.getElementById('head').dataset.state)));
  stream.addEventListener('metric', event => {
    waiting.push(JSON.parse(event.data));
    if (waiting.length === 1) {
      requestAnimationFrame(() => {
        curves?.add(waiting);
        waiting = [];
      });
    }
  });
  stream.addEventListener('log', event => log && write(JSON.parse(event.data).text));
  stream.addEventListener('progress', event => {
    const now = JSON.parse(event.data);
    const bar = document.querySelector('#head progress');
    if (bar) {
      bar.value = now.progress;
      document.getElementById('progress-text').textContent = `${(100 * now.progress).toFixed(1)} %`;
    }
  });
  stream.addEventListener('state', () => htmx.trigger(document.getElementById('head'), 'changed'));
  stream.addEventListener('end', () => {
    stream.close();
    htmx.trigger(document.getElementById('head'), 'changed');
  });
}

function write(text) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const lines = (log.textContent + text).split('\n');
  log.textContent = lines.slice(-2000).join('\n');
  if (atEnd) {
    log.scrollTop = log.scrollHeight;
  }
}
