/** Matrix products on the GPU. Sizes and decisions are constants, so the compiler drops checks that aren't needed. */
import { tilingFor, type Tiling } from './tiling';
import type { Product, ProductKernel } from './product.wgsl';
import { broadcastProduct } from './productBroadcast.wgsl';
import { tiledProduct } from './productTiled.wgsl';

export const product = (p: Product): ProductKernel => productBy(p, tilingFor(p));

/** Product with a given tiling, for measurements. */
export const productBy = (p: Product, tiling: Tiling): ProductKernel =>
  tiling.kind === 'tiled' ? tiledProduct(p, tiling) : broadcastProduct(p, tiling);
