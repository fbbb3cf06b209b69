/** The refer rate against the accuracy of the cameras, as an SVG for the documentation. */

export interface Curve {
  name: string;
  /** Shares from 0 to 1, by rising accuracy. */
  points: readonly { accuracy: number; referred: number }[];
}

const WIDTH = 720;
const HEIGHT = 380;
const LEFT = 64;
const RIGHT = 24;
const TOP = 44;
const BOTTOM = 56;
const COLOURS = ['#b3261e', '#b26a00', '#1f6f43'];
const ACCURACY_TICKS = [0.9, 0.92, 0.94, 0.96, 0.97, 0.98, 0.99, 1];
const REFERRED_TICKS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
/** The aim: at 97 % with three frames, 3 % of the honest at most. */
const AIM = { accuracy: 0.97, referred: 0.03 };

export function drawCurves(curves: readonly Curve[]): string {
  const from = 0.9;
  const highest = Math.max(...curves.flatMap(({ points }) => points.map(({ referred }) => referred)));
  const to = REFERRED_TICKS.find((tick) => tick >= highest) ?? 1;
  const x = (accuracy: number): string =>
    (LEFT + ((accuracy - from) / (1 - from)) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (referred: number): string =>
    (HEIGHT - BOTTOM - (referred / to) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, 'Noto Sans', sans-serif" role="img" aria-label="Share of honest vehicles that are referred, against the accuracy of the cameras">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(LEFT, 24, 'start', 15, 'Honest vehicles referred to a person', 700),
    ...ACCURACY_TICKS.map(
      (tick) =>
        `<path d="M${x(tick)} ${TOP}V${HEIGHT - BOTTOM}" stroke="#e3e8ed"/>${text(x(tick), HEIGHT - BOTTOM + 18, 'middle', 12, percent(tick))}`,
    ),
    ...REFERRED_TICKS.filter((tick) => tick <= to).map(
      (tick) =>
        `<path d="M${LEFT} ${y(tick)}H${WIDTH - RIGHT}" stroke="#e3e8ed"/>${text(LEFT - 8, Number(y(tick)) + 4, 'end', 12, percent(tick))}`,
    ),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, 'middle', 13, 'characters read right in one frame'),
    ...curves.flatMap(({ name, points }, at) => {
      const colour = COLOURS[at] ?? '#12202e';
      const path = points.map(({ accuracy, referred }) => `${x(accuracy)} ${y(referred)}`).join('L');
      const dots = points.map(
        ({ accuracy, referred }) =>
          `<circle cx="${x(accuracy)}" cy="${y(referred)}" r="3" fill="${colour}"/>`,
      );
      const legendY = TOP + 16 + at * 20;
      return [
        `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}`,
        `<path d="M${WIDTH - 190} ${legendY - 4}h24" stroke="${colour}" stroke-width="3"/>`,
        text(WIDTH - 158, legendY, 'start', 13, name),
      ];
    }),
    `<circle cx="${x(AIM.accuracy)}" cy="${y(AIM.referred)}" r="6" fill="none" stroke="#12202e" stroke-width="1.5"/>`,
    `<circle cx="${WIDTH - 178}" cy="${TOP + 72}" r="6" fill="none" stroke="#12202e" stroke-width="1.5"/>`,
    text(WIDTH - 158, TOP + 76, 'start', 13, 'aim: 3 % at 97 %'),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

const text = (
  x: number | string,
  y: number,
  anchor: 'start' | 'middle' | 'end',
  size: number,
  content: string,
  weight = 400,
): string =>
  `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="#12202e" font-weight="${weight}">${content}</text>`;
