// What is wrong with a document, shown at the fields it was made with.

/** Takes away what was shown, and shows each violation at the field or part that its pointer means; gives the fields, in the same order. */
export function showViolations(form, errors) {
  for (const said of form.querySelectorAll('.wrong')) {
    said.hidden = true;
    said.textContent = '';
  }
  for (const field of form.querySelectorAll('[aria-invalid]')) {
    field.removeAttribute('aria-invalid');
  }
  return errors.map(error => {
    const part = placeOf(form, error.pointer);
    if (!part) {
      return null;
    }
    const field = part.querySelector('input:not([type=range]), select, textarea');
    const said = [...part.querySelectorAll('.wrong')].find(each => each.closest('[data-at]') === part);
    if (said) {
      const below = error.pointer.slice(part.dataset.at.length).replaceAll('/', ' ').trim();
      said.textContent += `${said.textContent ? '; ' : ''}${below ? `${below}: ` : ''}${error.detail}`;
      said.hidden = false;
    }
    if (part.classList.contains('field')) {
      field?.setAttribute('aria-invalid', 'true');
    }
    return field;
  });
}

function placeOf(form, pointer) {
  let found = null;
  for (const part of form.querySelectorAll('[data-at]')) {
    const at = part.dataset.at;
    if ((pointer === at || pointer.startsWith(`${at}/`)) && !part.closest('fieldset:disabled') && (!found || at.length >= found.dataset.at.length)) {
      found = part;
    }
  }
  return found;
}

/** A violation as a sentence. */
export function sentence(error) {
  const name = error.pointer.slice(1).replaceAll('/', ' ');
  return error.detail.startsWith(name) ? error.detail : `${name} ${error.detail}`;
}

/** Says at one place all that is wrong, each with a way to its field, and goes there. */
export function summarise(place, problem, fields) {
  const errors = problem?.errors ?? [];
  const head = document.createElement('p');
  head.textContent = errors.length > 0 ? 'This has to be mended first:' : problem?.detail ?? 'That did not work.';
  const list = document.createElement('ul');
  errors.forEach((error, at) => {
    const item = document.createElement('li');
    const name = error.pointer.slice(1).replaceAll('/', ' ');
    const field = fields[at];
    if (field) {
      const link = document.createElement('a');
      link.href = `#${field.id}`;
      link.textContent = name;
      link.addEventListener('click', event => {
        event.preventDefault();
        for (let fold = field.closest('details'); fold; fold = fold.parentElement.closest('details')) {
          fold.open = true;
        }
        field.focus();
      });
      item.append(link);
    } else {
      item.append(name);
    }
    item.append(` ${error.detail}`);
    list.append(item);
  });
  place.replaceChildren(head, ...(errors.length > 0 ? [list] : []));
  place.hidden = false;
  place.focus();
}
