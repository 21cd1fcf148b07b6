import type { Problem } from '../../core/train/problems';
import type { Finding } from './doctor';

/** Findings of the config doctor, by field. */
export interface Findings {
  /** Reason why the run can't start with this field's value. */
  stop(field: Problem['field']): string | undefined;
  isCautioned(field: Problem['field']): boolean;
}

export const byField = (findings: readonly Finding[]): Findings => ({
  stop: (field) => findings.find((f) => f.severity === 'stop' && f.fields.includes(field))?.detail,
  isCautioned: (field) => findings.some((f) => f.severity === 'caution' && f.fields.includes(field)),
});
