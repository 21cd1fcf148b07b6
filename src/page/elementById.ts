/** Returns a required element of page.html. */
export function elementById<E extends HTMLElement>(id: string, type: abstract new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} ${id}`);
  return found;
}
