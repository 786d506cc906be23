import { type Ask, packs } from "./ask.ts";
import { DRUG, SHOP } from "./chest.ts";
import { type Stories, story } from "./story.ts";

const employee = (n: number): Ask => ({ number: `TEST-PERSON-EMPLOYEE-000${n}` });

/** Domain 6 speaks in CF-10 of the store's employees together: twice a day and six times in 30 days, whoever it is. */
export const readTogether: Stories = [
  ...story("CF-10 fires: two employees on one day are looked at, five are held", (s) => {
    s.sell(employee(1)).is("allow").without("CF-10");
    for (let n = 2; n <= 4; n++)
      s.later("30m")
        .sell(employee(n))
        .is("warn", { "CF-10": ["warn", { employeesToday: n, purchasesHereToday: 1, limit: 2 }] });
    s.later("30m").check(employee(5)).is("hold", { "CF-10": "hold" });
  }),
  ...story("CF-10 fires: the employees' sixth purchase within thirty days, whoever buys", (s) => {
    for (let n = 1; n <= 5; n++)
      s.later("5d")
        .sell(employee((n % 3) + 1))
        .is("allow");
    s.later("4d")
      .check(employee(4))
      .is("warn", { "CF-10": ["warn", { employeesPurchases30d: 6, purchasesHere30d: 1 }] });
  }),
  ...story("CF-10 spares: a trial, a sale and its repeat are one purchase of one employee", (s) => {
    const trial = s.inquire(employee(1)).is("allow");
    const sale = s.later("20s").check(trial.again({})).is("allow").without("CF-10");
    s.later("20s").repeat(sale).is("allow");
  }),
  ...story("CF-10 spares: a customer beside an employee, and an employee of another store", (s) => {
    s.sell(employee(1)).is("allow");
    s.later("10m").check({ person: "Wang" }).is("allow").without("CF-10");
    s.later("20m")
      .check({ ...employee(2), shop: SHOP.south, basket: [packs(DRUG.ibuprofen, 1)] })
      .is("allow")
      .without("CF-10");
  }),
];
