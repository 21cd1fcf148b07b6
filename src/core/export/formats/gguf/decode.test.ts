/** Blocks of random bits, dequantized by the Python package gguf 0.19: `dequantize(blocks, type)` in f32. */
import { expect, test } from 'vitest';
import { sha256Hex } from '../../../base/hash';
import { bytesOf } from '../../../checkpoint/tensors';
import { GGUF_DECODERS } from './decode';

test.each([...GGUF_DECODERS.values()].filter(({ name }) => name !== 'F32'))(
  '$name gives the values of gguf, to the bit',
  async ({ name, block, bytes, decode }) => {
    const { blocks, values, first, last, sha256 } = EXPECTED[name as keyof typeof EXPECTED];
    const data = Uint8Array.from(atob(blocks), (character) => character.charCodeAt(0));
    expect(data.length / bytes).toBe(values / block);
    const out = new Float32Array(values);
    for (let i = 0; i < values / block; i++) decode(data, i * bytes, out, i * block);
    expect([...out.subarray(0, 6)]).toEqual(first);
    expect([...out.subarray(-4)]).toEqual(last);
    expect(await sha256Hex(bytesOf({ data: out }))).toBe(sha256);
  },
);

/** `blocks` in base64; `sha256` of all values. */
const EXPECTED = {
  F16: {
    blocks: 'AD4IiP97AMBmLgEA/4MAQgAAAICASAC4ADQZFEBWAEc=',
    values: 16,
    first: [1.5, -0.00012302398681640625, 65504.0, -2.0, 0.0999755859375, 5.960464477539063e-8],
    last: [0.25, 0.0010004043579101562, 100.0, 7.0],
    sha256: 'f570bc5c3337a65cc71a3c2ca0ba47260e4b7ddca954ee4becba2b4a38bf75dc',
  },
  BF16: {
    blocks: 'rnRvA2I3GyHTI+p2qi6LBYptfUxTaudhbECEEncBolw=',
    values: 16,
    first: [
      1.1028560221985596e32, 7.023578746163168e-37, 1.3470649719238281e-5, 5.251604272976662e-19,
      2.2876665839444144e-17, 2.3730419236272454e33,
    ],
    last: [3.6875, 8.330371159133885e-28, 4.536673510204766e-38, 3.647915698170102e17],
    sha256: '9859b203fefc87e9de81cb1238c0b588a0f6d99bdf610ce74b3bab4c74bd7ac7',
  },
  Q4_0: {
    blocks: 'TCK34mWFVwsliUYi0XVrzfilzb5XvE4vVSURzqxoFLIMTAuF',
    values: 64,
    first: [
      -0.012298583984375, -0.07379150390625, -0.036895751953125, -0.036895751953125, -0.012298583984375,
      0.036895751953125,
    ],
    last: [13.6015625, 6.80078125, 13.6015625, -0.0],
    sha256: '5596e22cd1710792185065367532f773ca51ca96c4f406a47ebc41f79e1a3a74',
  },
  Q4_1: {
    blocks: 'TCI/uJqJMzcJ/g2xAq/IQtkGafXNPu4s5fkn/K1qz1P3t82prKjOLw==',
    values: 64,
    first: [
      -0.40777587890625, -0.420074462890625, -0.493865966796875, -0.444671630859375, -0.420074462890625,
      -0.35858154296875,
    ],
    last: [17.0789794921875, 17.0789794921875, 20.4793701171875, 3.4774169921875],
    sha256: '949fe1abafd36881eedeb28f380bc641fc639420a85b4d32dfeed1683a2dc2df',
  },
  Q5_0: {
    blocks: 'TCLgKc5EJeQ63RhlHIUhwbqxKkf27c2+58Sm9OeeTvPJ4KFM+oE24+69oo8=',
    values: 64,
    first: [
      -0.135284423828125, -0.1475830078125, -0.07379150390625, -0.036895751953125, -0.098388671875, 0.061492919921875,
    ],
    last: [-23.802734375, -18.7021484375, -17.001953125, -13.6015625],
    sha256: 'fd97cc3013df3467bcb40a417f3a55af9df585146e0d25afb6d9f3e702efd051',
  },
  Q5_1: {
    blocks: 'TCI/uIwXSWgyn1G+FaaDI6BkQuBya35izT7uLI1i+MQ+/8H0waXhacXcOviPj+et',
    values: 64,
    first: [
      -0.50616455078125, -0.346282958984375, -0.321685791015625, -0.16180419921875, -0.469268798828125,
      -0.45697021484375,
    ],
    last: [13.6785888671875, 13.6785888671875, 51.0828857421875, 44.2821044921875],
    sha256: 'fcf689e2251c913fc67f40b04c1f7be17e58b74098c77197217e796e1d3d7535',
  },
  Q8_0: {
    blocks: 'TCIrmipg9JRc7F+5IPWWE79/8yfru9m6+UD/idOxiaxS+82+4XZLzbgKgoEwXyAmsTyNRj3GePnZ1W0l+4oe3mx7uxs=',
    values: 64,
    first: [0.528839111328125, -1.25445556640625, 0.51654052734375, 1.1806640625, -0.1475830078125, -1.3282470703125],
    last: [-183.62109375, -209.1240234375, 117.3134765625, -45.9052734375],
    sha256: 'd79d40b326a2733c68fff2fe7c2734917fc0bf8e26feaa6ea10727aae12d6f83',
  },
  Q4_K: {
    blocks:
      'TCI/uCDA/DFkCEL2K4hduJ/uBJ9sVNSt3KgFX16IoXeK0dYOJcQj+7ME17K/nGrhsQKwoWnaPaAkRyemY8gCGbCrsQGfdJAPEUgY8pEcztTRyRVjTRAKCTUN/BGhwiir82c8/WDEViFmxFq8rDMaABKG8IUms6m4dPK/w55gywfgnHbNtSH2NysbqarW9UfTzT7uLKnvwbne+K5RfFJ61q6Xbats07tPdwrSJA1VlXguSokzXbh9PSJeYjKB6XU8k8PSdeX+rdM8zUOdK4hfyfFty4C9u4h/DBQxxfsGytwHBbX0gOV4xJSWshacKb08k1MwKZrLuIe4t6rBSo+9OqAZSlp4kcwg0s1Ypy8ulO57DGETZNIpLme3BSSYNYFJ',
    values: 512,
    first: [25.0107421875, 24.6171875, 20.681640625, 25.0107421875, 23.830078125, 20.681640625],
    last: [579.2330322265625, 191.5885009765625, 514.6256103515625, 256.1959228515625],
    sha256: '0d9db9c29befadd268c5cc1da2a53d54dd2880a3ff7e482abe6d4e6476bdb00b',
  },
  Q5_K: {
    blocks:
      'TCI/uMjCB2JJwAhvs8RX3IqVlh8A8AmjlgzL7ObTOF4bK906yhbn//TnpxTpRvR9KNC8iROCjCpbNluTd2MFHE6fVRU/Yeol9PJIrQkfTU6HJStNeVNKj1Br8v2LjMvb2veEWFEM5OTEzGW3GdfOIzD+kaBmJWgxNWxKlvdAAEFWUa0OaFCWIYy97M6yYN0S+D3hUWoPGGlmAaeJ9wRmFfJzINoFTymwZjfhqueU8IDNPu4s1BOO+tmgs/weWF4xlJJFzBV8IZzxEMWD67MRNXVTKb9xN7Q1KQNkTosPUFolJlhY9RP4YMJAwW+gSTQSEcOxTbb3KkD4G1dTOJZQDzplEKoNOhraDE9xeUq6kCsOvlpHI8toYHd/DZ/QCe888coMZ8baMzBUcMd5Dm9Q3jHPWbI5W2Wwb0ajoBJv6zZSKXb8JEQmMQsrilM/cphoRCcGmm5K+6EFtP/RFhp1gA==',
    values: 512,
    first: [5.56396484375, 6.35107421875, 5.95751953125, 7.236572265625, 5.072021484375, 4.9736328125],
    last: [1412.3343505859375, 79.3812255859375, 579.2386474609375, 662.5482177734375],
    sha256: '5ad289992df775eafbc636912dbb93c5a6641859e0eed2ce26428046166b80c0',
  },
  Q6_K: {
    blocks:
      '24kaUyLCUdMP6utabkmvuoa80oRggntDVhsN78oR3T2vsucOo+5wE1mLz6FrvKN4nHLZc3WlJQ4Iwjy2ej7/QyqJrPCKHEnsmxZWBo4FHYmSaAfYrqcVvlNuJP27zY1vmOazWlqlh/Ic4ia6CbbQYHwsB/TIHEhTiTbEg7voXZZyXdlT2+qZLMMQPf8yI0WjTK+Eb+e7UvJVxvtZ3Z8X9AhdRbTJ0ZwSoCO/fmbnNyABvzwQVIH/a+xx+Q3qzmrj8iDmj/oP1zrgi6lvSymBWkwiyaY0ocIAmHQhSFGJhaJnMICjoxdYBUpBUur/ToeAr0x6EnHPPVKpDTZEFNDkalMDleF+CA2PWarIrl4KyXrPNVAlysZ6uarXsJp/j/FrfvJMubDTXWBKdWqDIl+C/Y3Ta3OLXTfq4IKnAeOQSafKpqsrm7fSrmWSVsvjmb/iv9PGeQMI+ToglEBmtQmZjPy+ePHofP6yX1m8J13QMXZRIncF0drxvlzwa14iKGNPOGVRFLJjux0H+v4tBWAZQS7CcLxo9qNMf8C+GLBiT/VZqM2+',
    values: 512,
    first: [
      -1.89398193359375, 1.20526123046875, 1.0330810546875, -3.27142333984375, -3.0992431640625, -0.3443603515625,
    ],
    last: [-3141.9609375, -299.234375, -3141.9609375, 4338.8984375],
    sha256: 'ff28a7584159d8d294690ab9c22fa4729cf25bf316d74a1c9a432a842689edd1',
  },
};
