import 'react';

/** Lets data-driven sizes and colors reach a module's CSS as custom properties. */
declare module 'react' {
  interface CSSProperties {
    [variable: `--${string}`]: string | number | undefined;
  }
}
