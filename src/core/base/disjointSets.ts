/** Disjoint sets of the numbers from 0 on, joined pair by pair (union-find). Source: Tarjan 1975, JACM 22(2). */
export class DisjointSets {
  private readonly parents: Uint32Array;

  /** Starts with `length` sets of one member. */
  constructor(length: number) {
    this.parents = Uint32Array.from({ length }, (_, member) => member);
  }

  /** Returns the smallest member of a member's set. */
  firstOf(member: number): number {
    const { parents } = this;
    let first = member;
    while (parents[first] !== first) first = parents[first] = parents[parents[first]!]!;
    return first;
  }

  join(one: number, other: number): void {
    const [a, b] = [this.firstOf(one), this.firstOf(other)];
    this.parents[Math.max(a, b)] = Math.min(a, b);
  }

  /** Returns the smallest member of each member's set. */
  firsts(): Uint32Array {
    return this.parents.map((_, member) => this.firstOf(member));
  }
}
