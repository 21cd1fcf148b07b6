export { MOST_LABELS } from '../../base/limits';
