/** Administrative divisions (GB/T 2260): two digits name the province, four the prefecture, six the county. */

export function province(area: string): string {
  return area.slice(0, 2);
}

export function prefecture(area: string): string {
  return area.slice(0, 4);
}
