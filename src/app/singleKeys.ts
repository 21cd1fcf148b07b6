/** Whether keys without a modifier trigger actions. Users of voice input can switch them off. */
const KEY = 'single-keys';

export function hasSingleKeys(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}
export function setSingleKeys(isOn: boolean): void {
  try {
    localStorage.setItem(KEY, isOn ? 'on' : 'off');
  } catch {
    // Storage is off: the choice holds until the tab closes.
  }
}
