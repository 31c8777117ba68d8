// The same request from a shell, and buttons that copy it.

/** A word of a shell, whatever is in it. */
export function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Writes a command into its place, each argument on a line of its own. */
export function showCommand(place, lines) {
  const key = place.dataset.key ? ['-H "Authorization: Bearer $KEY"'] : [];
  const text = [...lines.slice(0, 1), ...key, ...lines.slice(1)].join(' \\\n  ');
  if (place.textContent !== text) {
    place.textContent = text;
  }
}

for (const button of document.querySelectorAll('button[data-copy]')) {
  button.addEventListener('click', async () => {
    const place = document.querySelector(button.dataset.copy);
    const said = document.getElementById('copied');
    try {
      await navigator.clipboard.writeText(place.textContent);
      said.textContent = 'Copied';
      button.textContent = 'Copied';
      setTimeout(() => {
        button.textContent = 'Copy';
        said.textContent = '';
      }, 2000);
    } catch (refused) {
      // without permission it is selected at least
      getSelection().selectAllChildren(place);
      said.textContent = 'Selected: copy it with the keyboard';
    }
  });
}
