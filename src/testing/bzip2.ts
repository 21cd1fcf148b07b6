/** Output of bzip2 1.0.8 by Python's bz2, because JavaScript has no library that compresses bzip2. */
const bytes = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

export const BZIP2 = {
  /** `squares`, compressed in blocks of 100,000 bytes. */
  squares: bytes(
    'QlpoMTFBWSZTWfGjOXsARVaYAEAAf+BQBFwD0qQACpEA000EA000EA000CaqBNEBSplJp6o2SRcki0SLskXZIski7JF+JFqSLckXqSLskW5IuyRfSRdJF4ki/SReyRdJF5JF6ki3SRbJF9JFyki+ki0SLEkWSReSRYki6SLEkXZItEi1JFmSLMkWSRYki7JFmSLRIYkpxJTqSmJKepKfSkXUkWSRaki+ki7JFmSLwkXZItkixJF2JTUlPUlOJKYqoP5IXxItUkW5IvZIvpItpKdSUxJTqSm0lPElOUlPUlOpKakp1JTSRcJFhJFySL8SL1JF2kizJF9ySL8SL6SL9JFwkXKSLhIuSRbki5JFyUkW5Iuki1JFokWZItSRbJF9JFiSLckWZIuEizKSL2SLBIvZIvCRdpItSRaki+pItyRcJFtUoMSRdki5JFgkXZIsyRYJFqSLZIvEkWBSo8ki8ki5JF4SLJItSRZki7JF9JFiSLkkWZIvECqxJFiSLkkXxIvCRcki0SLMkXJSmpKeJKfAiq6kp1IWCRYkizFKjkkWpIeJKakpqSmJKYkpqSnAiq1JTElMSUxIWSRe0kWhSo/mKCskymsnl9zbYAsi8wAIAA/8CgCLwAAAAAIBppoIBppoIBppoIBppoCpTEEigDYBYB0A7AFAHQD8AWAYAegB0AwA7AHwB0A4APwB6AOgHADwAyAGAHwBuAHwBYBoAoA4AaAPeAKAPAGAFwBQBQBQBqAPAFAFgFQBoA2AVAHIA6AOgCgC4A+AOwBQBwA6AYAaAOwBcAcgDUAUgE+gD4AuAGQB4A+gDAD0AUAegCwDADQBwA9AFwB4AuANgGgBsA/AHgB2AFAGAH4A9AHwBgB+AGwDYBkAbANoAMgDoBYBYBQBYBgB8AaAMAKgDYBSADwBoA9AHADqALALgD6AGAGwDEAkagDoBsA0AdAKgDQBYBgBwAaQBHIA4AbgDgBQBYBQB2APoA1AGwCoA4gCaANAGwD4A4AbgCwCgDcAWAYAbICR4A8AaANQBSQCNgFwBgBYBcAVAFQBYBqICRYBQBQBUAUAeQBcgCP4u5IpwoSG/8ShYA==',
  ),
  /** `runs`, compressed. */
  runs: bytes('QlpoOTFBWSZTWf37hK8AAAPBAeAAPgAAgAAIIABUNAYCKJo2pzO+jmgUqIhthdAKIUclusjUbQHwXckU4UJD9+4SvA=='),
  /** Streams of "Call me Ishmael, né.", of an empty text, and of "Aye.". */
  several: bytes(
    'QlpoOTFBWSZTWbEpT/4AAAKVlEAFCCAiRwgAACAIACAAIpgaAEAAB4QsZqBTglLHr3eF3JFOFCQsSlP/gEJaaDkXckU4UJAAAAAAQlpoOTFBWSZTWThZNXwAAACVgAABIAACAAAgIAAhmmgzTTC8XckU4UJA4WTV8A==',
  ),
  /** 45,000,000 zeros, compressed. */
  zeros: bytes('QlpoOTFBWSZTWckBtsgBWKtAIMAAEAAACCAAMMwFKaZSSFJsVJIUni7kinChIZIDbZA='),
  /** A tar with in/a.txt, "Call me Ishmael.", and in/b.txt, "Aye.". */
  tar: bytes(
    'QlpoOTFBWSZTWamXCtwAAJH/gcuAABBAAd2AKCAAQHJnHmAAAggIIAByEqRoBoADQB6j1BIlEzSYjTTRhGQNN/RWQx8WADnSQi7nsMkFMVkFAhDAaz8jz02LykwYiQwRoQIgv7lxRyMMSRPI3HRA/vfUa37BOFe+NKvRonwo4QUuFxGMD8XckU4UJCplwrcA',
  ),
} as const;

export const squares = Array.from({ length: 60_000 }, (_, i) => `${(i * i) % 97} `).join('');
export const runs = `${'a'.repeat(1000)}${'b'.repeat(259)}cccc${'d'.repeat(4)}${'e'.repeat(5)}${'abab'.repeat(300)}`;
