// One job, live: its curves, its log and its head, from one stream of events.
import {connected} from './page.js';
import {Curves} from './curves.js';

const head = document.getElementById('head');
const job = head.dataset.job;
const over = state => state === 'SUCCEEDED' || state === 'FAILED' || state === 'CANCELLED';

const place = document.getElementById('curves');
const log = document.getElementById('log');
const curves = place ? new Curves(place) : null;

// with curves the stream goes on where they end; without, nothing of what came before is of interest
const answer = await fetch(`/api/v1/jobs/${job}/metrics?${curves ? 'maxPoints=2000' : `afterSequence=${Number.MAX_SAFE_INTEGER}`}`);
const measured = answer.ok ? await answer.json() : {points: [], lastSequence: 0};
curves?.add(measured.points);
if (log) {
  readLog();
}
if (!over(head.dataset.state)) {
  follow();
}

function follow() {
  const stream = new EventSource(`/api/v1/jobs/${job}/events?afterSequence=${measured.lastSequence}`);
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

/** From its start until the job has ended; from the start again after a lost connection. */
async function readLog() {
  try {
    const answer = await fetch(`/api/v1/jobs/${job}/log?follow=true`);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    log.textContent = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      write(part.value);
    }
  } catch (failure) {
    connected(false);
    setTimeout(readLog, 2000);
  }
}

function write(text) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const lines = (log.textContent + text).split('\n');
  log.textContent = lines.slice(-2000).join('\n');
  if (atEnd) {
    log.scrollTop = log.scrollHeight;
  }
}
