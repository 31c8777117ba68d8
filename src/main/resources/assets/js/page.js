// What every page needs: live parts, times that go on, buttons that ask the service, and word of a lost connection.
import {send, refusalText} from './service.js';

const POLL = 2000;
const banner = document.getElementById('connection');

setInterval(() => {
  if (document.visibilityState === 'visible') {
    htmx.trigger(document.body, 'poll');
    tick();
  }
}, POLL);

export function connected(is) {
  banner.hidden = is;
}

document.body.addEventListener('htmx:afterRequest', event => {
  if (event.detail.xhr.status > 0) {
    connected(event.detail.xhr.status !== 502 && event.detail.xhr.status !== 503);
  }
  if (event.detail.xhr.status === 401) {
    location.assign('/sign-in');
  }
});
for (const failure of ['htmx:sendError', 'htmx:timeout']) {
  document.body.addEventListener(failure, () => connected(false));
}

// Times are written by the server when it makes the page, and go on from there.
function tick() {
  for (const time of document.querySelectorAll('time[datetime]')) {
    const text = relative((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (time.textContent !== text) {
      time.textContent = text;
    }
  }
}

function relative(seconds) {
  const away = Math.floor(Math.abs(seconds));
  if (away < 5) {
    return 'now';
  }
  const size = away < 60 ? `${away} s`
    : away < 600 ? `${Math.floor(away / 60)} min ${away % 60} s`
    : away < 3600 ? `${Math.floor(away / 60)} min`
    : away < 172800 ? `${Math.floor(away / 3600)} h ${Math.floor(away / 60) % 60} min`
    : `${Math.floor(away / 86400)} days`;
  return seconds > 0 ? `${size} ago` : `in ${size}`;
}

document.addEventListener('click', async event => {
  const button = event.target.closest('button[data-post], button[data-submit]');
  if (!button || button.disabled || (button.dataset.confirm && !confirm(button.dataset.confirm))) {
    return;
  }
  button.disabled = true;
  button.setAttribute('aria-busy', 'true');
  const answer = button.dataset.submit
    ? await send('POST', '/api/v1/jobs', JSON.parse(button.dataset.submit), {'Idempotency-Key': crypto.randomUUID()})
    : await send('POST', button.dataset.post);
  if (answer.ok && button.dataset.submit) {
    location.assign(`/jobs/${answer.body.id}`);
    return;
  }
  button.disabled = false;
  button.removeAttribute('aria-busy');
  const part = button.closest('[hx-get]');
  if (answer.ok && part) {
    htmx.trigger(part, 'changed');
  }
  const place = (button.closest('section') ?? document).querySelector('.refusal');
  if (place) {
    place.hidden = answer.ok;
    place.textContent = answer.ok ? '' : refusalText(answer.body);
  }
});
