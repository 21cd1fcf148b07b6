import type { Progress as At } from '../src/core/base/job';

/** Progress on standard error: a bar on a terminal, otherwise only messages. */
export class Progress {
  private lastDrawnAt = 0;
  private isDrawn = false;

  constructor(
    private readonly stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> & { write(text: string): void },
    private readonly enabled: boolean,
  ) {}

  show({ label, done, of, unit }: At, note = ''): void {
    const now = performance.now();
    if (!this.enabled || !this.stream.isTTY || now - this.lastDrawnAt < 100) return;
    this.lastDrawnAt = now;
    this.isDrawn = true;
    const share = of === undefined || of === 0 ? 0 : Math.min(1, done / of);
    const filled = Math.round(share * WIDTH);
    const bar =
      of === undefined ? '' : `${'█'.repeat(filled)}${'·'.repeat(WIDTH - filled)} ${Math.floor(share * 100)} %`;
    const line = `${label} ${bar} ${done}${of === undefined ? '' : ` of ${of}`} ${unit} ${note}`;
    this.stream.write(`\r\u001b[2K${line.slice(0, this.stream.columns - 1)}`);
  }

  say(line: string): void {
    if (!this.enabled) return;
    this.end();
    this.stream.write(`${line}\n`);
  }

  /** Removes the bar. */
  end(): void {
    if (this.isDrawn) this.stream.write('\r\u001b[2K');
    this.isDrawn = false;
  }
}
const WIDTH = 24;
