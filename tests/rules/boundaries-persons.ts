import { type Case, type Cases, steps } from "./boundaries-conduct.ts";

const impersonation: Cases = {
  "IM-01": [
    ["stepUp", { impossibleTravel: true, travelCredentialsPhysical: false, familyPays: false }],
    ["-", { impossibleTravel: true, travelCredentialsPhysical: false, familyPays: true }],
    ["hold", { impossibleTravel: true, travelCredentialsPhysical: true, familyPays: true }],
    ["-", { impossibleTravel: false, travelCredentialsPhysical: false, familyPays: false }],
  ],
  "IM-01b": [
    ["stepUp", { nearbyHop: true, familyPays: false }],
    ["-", { nearbyHop: true, familyPays: true }],
  ],
  "IM-02": [
    ["deny", { idChecksumValid: false, idMatches: true }],
    ["warn", { idChecksumValid: true, idMatches: false }],
    ["-", { idChecksumValid: true, idMatches: true }],
    ["-", {}],
  ],
  "IM-03": [
    ["stepUp", { outsideLimits: true, limitBreaches30d: 1 }],
    ["hold", { outsideLimits: true, limitBreaches30d: 2 }],
    ["-", { outsideLimits: false, limitBreaches30d: 2 }],
  ],
  "IM-04": [
    ...["deceased", "settlementStopped", "lostCredential"].map(
      (fact): Case => ["deny", { personStatus: "1", [fact]: true }],
    ),
    ["deny", { personStatus: "2" }],
    ["-", { personStatus: "1", deceased: false, settlementStopped: false, lostCredential: false }],
    ["-", { deceased: false, settlementStopped: false, lostCredential: false }],
  ],
  "IM-04b": [
    ["hold", { inpatient: true }],
    ["-", { inpatient: false }],
  ],
  "IM-05": [
    ["deny", { cardPersons: 2, personCards7d: 1 }],
    ["stepUp", { cardPersons: 1, personCards7d: 2 }],
    ["-", { cardPersons: 1, personCards7d: 1 }],
  ],
  "IM-06": [
    ["stepUp", { agentGiven: true, agentNamed: false }],
    ["-", { agentGiven: true, agentNamed: true }],
    ["-", { agentGiven: false, agentNamed: false }],
    ["stepUp", { agentGiven: false, agentNamed: false, otherPersonShown: true }],
    ["-", { agentGiven: true, agentNamed: true, otherPersonShown: true }],
  ],
  "IM-07": [
    ["hold", { verificationMethod: "face", verificationPassed: false }],
    ["-", { verificationMethod: "face", verificationPassed: true, watchedYuan: 900 }],
    ["-", { verificationMethod: "password", verificationPassed: false }],
    ["stepUp", { verificationMethod: "none", watchedYuan: 301 }],
    ["-", { verificationMethod: "none", watchedYuan: 300 }],
    ["-", { watchedYuan: 900 }],
  ],
  "IM-08": [
    ["stepUp", { credentialHop: true, familyPays: false }],
    ["-", { credentialHop: true, familyPays: true }],
    ["-", { credentialHop: false, familyPays: false }],
  ],
  "IM-09": steps("idPersons30d", [
    ["-", 1],
    ["warn", 2],
  ]),
  "IM-10": [
    ["stepUp", { dishonest: true, fundYuan: 999 }],
    ["hold", { dishonest: true, fundYuan: 1000 }],
    ["stepUp", { dishonest: true }],
    ["-", { dishonest: false, fundYuan: 5000 }],
  ],
};

export const PERSONS = { impersonation };
