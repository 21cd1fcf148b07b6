/** Matrix products on the GPU: sizes and all decisions are constants, so that a compiler drops every check that a shape does not need. */
import { chosenCut, type Cut } from './cut';
import type { Product, ProductKernel } from './product.wgsl';
import { broadcastProduct } from './productBroadcast.wgsl';
import { tiledProduct } from './productTiled.wgsl';

export const product = (p: Product): ProductKernel => productBy(p, chosenCut(p));

/** The same with a cut of one's choice, for measuring. */
export const productBy = (p: Product, cut: Cut): ProductKernel =>
  cut.kind === 'tiled' ? tiledProduct(p, cut) : broadcastProduct(p, cut);
