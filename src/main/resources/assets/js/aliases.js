// What changes a model: promote, share, roll back, delete. Each change names the state that it was decided on (If-Match).
import {send, refusalText} from './service.js';
import {element} from './elements.js';

const said = document.getElementById('said');
const conflict = document.getElementById('conflict');
const part = () => document.getElementById('model');
const path = alias => `/api/v1/models/${encodeURIComponent(part().dataset.model)}/aliases/${encodeURIComponent(alias)}`;
const tag = revision => revision ? {'If-Match': `"${revision}"`} : {};

document.addEventListener('click', event => {
  const button = event.target.closest('button');
  const alias = button?.closest('[data-alias]')?.dataset;
  if (!button || button.disabled) {
    return;
  }
  if (button.dataset.promote) {
    const revision = part().dataset.production;
    point('production', Number(button.dataset.promote), revision);
  } else if ('rollback' in button.dataset) {
    change({alias: alias.alias, revision: alias.revision, method: 'POST', suffix: '/rollback', wish: 'roll it back', done: now => `${alias.alias} is rolled back: it points to ${shares(now)}.`});
  } else if ('deleteAlias' in button.dataset && confirm(`Delete the alias ${alias.alias}? Who asks for it by name gets an error from then on. Its history stays.`)) {
    change({alias: alias.alias, revision: alias.revision, method: 'DELETE', wish: 'delete it', done: () => `${alias.alias} is deleted.`});
  } else if ('deleteVersion' in button.dataset) {
    deleteVersion(button.dataset.deleteVersion);
  } else if ('addVersion' in button.dataset) {
    addVersion(button.form);
  }
});

document.addEventListener('submit', event => {
  const form = event.target;
  const alias = form.closest('[data-alias]')?.dataset;
  if (form.matches('.promote')) {
    event.preventDefault();
    point(alias.alias, Number(form.elements.version.value), alias.revision);
  } else if (form.matches('.canary')) {
    event.preventDefault();
    share(alias, [...form.querySelectorAll('.canary-row')]
      .map(row => ({version: Number(row.dataset.version), weight: Number(row.querySelector('input').value)}))
      .filter(each => each.weight > 0));
  } else if (form.id === 'new-alias') {
    event.preventDefault();
    point(form.elements.alias.value.trim(), Number(form.elements.version.value), null);
  }
});

document.addEventListener('input', event => {
  const row = event.target.closest('.canary-row');
  if (row) {
    balance(row);
  }
});

function point(alias, version, revision) {
  change({alias, revision, method: 'PUT', body: {version}, wish: `point it to version ${version}`, done: now => `${alias} points to ${shares(now)} now.`});
}

function share(alias, versions) {
  change({alias: alias.alias, revision: alias.revision, method: 'PUT', body: versions.length === 1 ? {version: versions[0].version} : {versions},
    wish: 'share its traffic so', done: now => `${alias.alias} points to ${shares(now)} now.`});
}

async function change(wanted) {
  conflict.hidden = true;
  said.textContent = '';
  const answer = await send(wanted.method, path(wanted.alias) + (wanted.suffix ?? ''), wanted.body, tag(wanted.revision));
  if (answer.ok) {
    said.textContent = wanted.done(answer.body);
    htmx.trigger(part(), 'changed');
  } else if (answer.status === 412 || answer.status === 428) {
    askAgain(wanted);
  } else {
    refuse(refusalText(answer.body));
  }
}

/** Somebody else was faster: shows what it is now, and asks. */
async function askAgain(wanted) {
  const now = await send('GET', path(wanted.alias));
  htmx.trigger(part(), 'changed');
  if (!now.ok) {
    refuse(`${wanted.alias} was deleted by somebody else meanwhile.`);
    return;
  }
  const again = element('button', {type: 'button', text: `Yes, ${wanted.wish}`});
  const leave = element('button', {type: 'button', class: 'secondary outline', text: 'Leave it as it is'});
  again.addEventListener('click', () => change({...wanted, revision: now.body.revision}));
  leave.addEventListener('click', () => { conflict.hidden = true; });
  refuse(wanted.revision
    ? `${wanted.alias} was changed by somebody else meanwhile. It points to ${shares(now.body)} now; nothing was done. Do you still want to ${wanted.wish}?`
    : `${wanted.alias} exists already: it points to ${shares(now.body)}. Do you want to ${wanted.wish}?`,
  element('div', {class: 'actions'}, again, leave));
  again.focus();
}

function refuse(text, ...more) {
  conflict.replaceChildren(element('p', {text}), ...more);
  conflict.hidden = false;
  conflict.scrollIntoView({block: 'nearest'});
}

function shares(alias) {
  const sum = alias.versions.reduce((before, each) => before + each.weight, 0);
  return alias.versions.length === 1
    ? `version ${alias.versions[0].version}`
    : alias.versions.map(each => `version ${each.version} (${Math.round(100 * each.weight / sum)} %)`).join(' and ');
}

async function deleteVersion(version) {
  if (!confirm(`Delete version ${version} and its file? That can't be undone, and its number is not used again.`)) {
    return;
  }
  conflict.hidden = true;
  const model = encodeURIComponent(part().dataset.model);
  const answer = await send('DELETE', `/api/v1/models/${model}/versions/${version}`);
  if (!answer.ok) {
    refuse(refusalText(answer.body));
    return;
  }
  const rest = await send('GET', `/api/v1/models/${model}`);
  location.assign(rest.ok ? `/models/${model}` : '/models');
}

function addVersion(form) {
  const version = form.elements.more.value;
  const rows = form.querySelector('.canary-rows');
  let row = rows.querySelector(`[data-version="${version}"]`);
  if (!row) {
    row = element('div', {class: 'canary-row', 'data-version': version},
      element('label', {}, `version ${version} `, element('input', {type: 'range', min: 0, max: 100, step: 1, value: 0})),
      element('output', {text: '0 %'}));
    rows.append(row);
    row.querySelector('input').value = 10;
    balance(row);
  }
  row.querySelector('input').focus();
}

/** Gives the others what this one leaves, in proportion to what they have, so that all add up to 100. */
function balance(moved) {
  const sliders = [...moved.parentElement.querySelectorAll('input')];
  const others = sliders.filter(slider => slider !== moved.querySelector('input'));
  if (others.length === 0) {
    moved.querySelector('input').value = 100;
  } else {
    const rest = 100 - Number(moved.querySelector('input').value);
    const held = others.map(slider => Number(slider.dataset.held ?? slider.value));
    const sum = held.reduce((before, each) => before + each, 0);
    let before = 0;
    let given = 0;
    others.forEach((slider, i) => {
      before += sum > 0 ? held[i] / sum : i === 0 ? 1 : 0;
      const value = Math.round(rest * before) - given;
      given += value;
      slider.value = value;
      if (value > 0) {
        slider.dataset.held = held[i];
      }
    });
    moved.querySelector('input').dataset.held = moved.querySelector('input').value;
  }
  for (const slider of sliders) {
    slider.closest('.canary-row').querySelector('output').value = `${slider.value} %`;
  }
}
