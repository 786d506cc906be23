/** So many are walked; more of them are hashed. */
const FEW = 16;

/** Names met so far. Most swipes name one to four codes, and so few are found sooner by a walk than by a set. */
export class SeenNames {
  private readonly few: string[] = [];
  private many: Set<string> | undefined;

  /** True the first time. */
  add(name: string): boolean {
    if (this.many !== undefined) return this.addToMany(this.many, name);
    if (this.few.includes(name)) return false;
    this.few.push(name);
    if (this.few.length > FEW) this.many = new Set(this.few);
    return true;
  }

  private addToMany(many: Set<string>, name: string): boolean {
    if (many.has(name)) return false;
    many.add(name);
    return true;
  }
}
