import 'react';

/** Sizes and colours that come from data reach a module's CSS as custom properties. */
declare module 'react' {
  interface CSSProperties {
    [variable: `--${string}`]: string | number | undefined;
  }
}
