// Sheets: native dialogs that close by their button, by Escape and by a tap outside.

/** Prepares a dialog. `onClose` runs whenever it has closed. */
export function prepareSheet(dialog, onClose = () => {}) {
  dialog.querySelector('.close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) {
      dialog.close();
    }
  });
  dialog.addEventListener('close', onClose);
}

/**
 * Shows a part of the page that has no room in this layout as a sheet: moves `part` from its
 * `place` into the dialog while it is open.
 */
export function prepareMovingSheet(dialog, part, place) {
  prepareSheet(dialog, () => place.append(part));
  return () => {
    dialog.append(part);
    dialog.showModal();
  };
}

/** Shows or, with an empty text, hides the problem line of a form. */
export function showProblem(form, text) {
  const problem = form.querySelector('.problem');
  problem.textContent = text;
  problem.hidden = text === '';
}

/** Runs an action of a form with its button switched off, and shows what goes wrong. */
export async function submitting(form, tell, action) {
  const button = form.querySelector('[type=submit]');
  showProblem(form, '');
  button.disabled = true;
  try {
    await action();
  } catch (error) {
    showProblem(form, tell(error));
  } finally {
    button.disabled = false;
  }
}
