// The service's own interface, as any client uses it.

/** Sends JSON and gives {ok, status, body}; without an answer status is 0 and body a problem that says so. */
export async function send(method, path, body, headers = {}) {
  const csrf = document.querySelector('meta[name=csrf]');
  const sent = {Accept: 'application/json', ...headers};
  if (csrf) {
    sent[csrf.dataset.header] = csrf.content;
  }
  const plain = body !== undefined && !(body instanceof Blob) && !(body instanceof FormData);
  if (plain) {
    sent['Content-Type'] = 'application/json';
  }
  try {
    const answer = await fetch(path, {method, headers: sent, body: plain ? JSON.stringify(body) : body});
    if (answer.status === 401) {
      location.assign('/sign-in');
    }
    const text = await answer.text();
    return {ok: answer.ok, status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null};
  } catch (failure) {
    return {ok: false, status: 0, body: {detail: 'The service does not answer: try again.', errors: []}};
  }
}

/** What a problem says, each violation on a line of its own. */
export function refusalText(problem) {
  const errors = problem?.errors ?? [];
  return errors.length > 0
    ? errors.map(error => `${error.pointer.slice(1).replaceAll('/', '.')} ${error.detail}`).join('\n')
    : problem?.detail ?? 'That did not work.';
}
