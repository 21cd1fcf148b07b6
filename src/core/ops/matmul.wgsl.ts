/** Matrix products on the GPU: sizes and all decisions are constants, so that a compiler drops every check that a shape does not need. */
import { tilingFor, type Tiling } from './tiling';
import type { Product, ProductKernel } from './product.wgsl';
import { broadcastProduct } from './productBroadcast.wgsl';
import { tiledProduct } from './productTiled.wgsl';

export const product = (p: Product): ProductKernel => productBy(p, tilingFor(p));

/** The same with a chosen tiling, for measuring. */
export const productBy = (p: Product, tiling: Tiling): ProductKernel =>
  tiling.kind === 'tiled' ? tiledProduct(p, tiling) : broadcastProduct(p, tiling);
