/** @jsxImportSource hono/jsx */

const HARE =
  'M9.3 14.1C7.4 10.9 6.1 7.3 6.1 4.7c0-2.1 1.2-3.4 2.8-3.4 2.5 0 4.5 4.3 4.9 11.15a13.3 13.3 0 0 1 4.4 0C18.6 5.6 20.6 1.3 23.1 1.3c1.6 0 2.8 1.3 2.8 3.4 0 2.6-1.3 6.2-3.2 9.4a13.3 13.3 0 0 1 6.6 11.5v2.9a2.2 2.2 0 0 1-2.2 2.2h-7.5v-4.9a3.6 3.6 0 0 0-7.2 0v4.9H4.9a2.2 2.2 0 0 1-2.2-2.2v-2.9a13.3 13.3 0 0 1 6.6-11.5Z'

/** The warren behind the doors: who signs in looks into it. */
export const Warren = () => (
  <svg class="scene" viewBox="0 0 800 900" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
    <rect class="sky" width="800" height="900" />
    <circle class="moon" cx="610" cy="150" r="46" />
    <g class="hare" transform="translate(452 190) scale(3.6)">
      <path d={HARE} />
    </g>
    <path class="turf" d="M0 300c120-70 260-70 400-20s280 30 400-40v200H0z" />
    <ellipse class="turf" cx="262" cy="282" rx="74" ry="58" />
    <path class="earth" d="M0 322c130-66 260-62 400-14s280 26 400-36v628H0z" />
    <g class="tunnel" stroke-width="46">
      <path d="M262 268c10 60-10 120-20 170" />
      <path d="M240 440c120 20 180 10 300 20" />
      <path d="M240 440c-20 80-40 140-20 210" />
      <path d="M540 460c30 70 20 120-10 190" />
      <path d="M220 650c100 60 210 60 310 0" />
      <path d="M530 650c60 60 90 90 110 150" />
    </g>
    <g class="room">
      <ellipse cx="236" cy="440" rx="104" ry="74" />
      <ellipse cx="556" cy="456" rx="116" ry="80" />
      <ellipse cx="214" cy="652" rx="110" ry="76" />
      <ellipse cx="536" cy="650" rx="104" ry="76" />
      <ellipse cx="650" cy="812" rx="92" ry="62" />
    </g>
    <path class="room" d="M239 330v-46a23 23 0 0 1 46 0v46z" />
    <g>
      <path
        class="thing"
        d="M180 412a22 22 0 0 1 22-22h70a22 22 0 0 1 22 22v28a22 22 0 0 1-22 22h-52l-24 20v-20a22 22 0 0 1-16-22z"
      />
      <g class="ink">
        <rect x="204" y="410" width="66" height="8" rx="4" />
        <rect x="204" y="428" width="44" height="8" rx="4" />
      </g>
    </g>
    <g>
      <rect class="thing" x="488" y="412" width="62" height="52" rx="10" />
      <rect class="thing" x="558" y="412" width="62" height="52" rx="10" />
      <rect class="thing" x="488" y="470" width="62" height="30" rx="10" />
      <rect class="lit" x="558" y="470" width="62" height="30" rx="10" />
      <g class="ink">
        <circle cx="519" cy="432" r="8" />
        <path d="M503 458a16 14 0 0 1 32 0z" />
        <circle cx="589" cy="432" r="8" />
        <path d="M573 458a16 14 0 0 1 32 0z" />
      </g>
    </g>
    <g class="thing">
      <rect x="142" y="640" width="9" height="24" rx="4.500" />
      <rect x="158" y="628" width="9" height="48" rx="4.500" />
      <rect x="174" y="616" width="9" height="72" rx="4.500" />
      <rect x="190" y="634" width="9" height="36" rx="4.500" />
      <rect x="206" y="622" width="9" height="60" rx="4.500" />
      <rect x="222" y="608" width="9" height="88" rx="4.500" />
      <rect x="238" y="630" width="9" height="44" rx="4.500" />
      <rect x="254" y="620" width="9" height="64" rx="4.500" />
      <rect x="270" y="640" width="9" height="24" rx="4.500" />
    </g>
    <g>
      <rect class="thing" x="478" y="608" width="116" height="84" rx="12" />
      <path class="turf" d="M488 682l34-40 22 22 18-16 22 34z" />
      <circle class="moon" cx="566" cy="630" r="9" />
    </g>
    <g>
      <path class="thing" d="M620 790h60v52h-60z" />
      <path class="inkline" stroke-width="5" d="M632 806h36M632 818h36M632 830h20" />
    </g>
  </svg>
)

/** A hole and a burrow, where there is nothing to show yet. */
export const Burrow = () => (
  <svg class="scene" viewBox="0 0 352 132" aria-hidden="true">
    <g class="hare" transform="translate(74 2) scale(1.15)">
      <path d={HARE} />
    </g>
    <path class="turf" d="M0 44c60-26 120-24 180-8s120 10 172-14v60H0z" />
    <path
      class="earth"
      d="M0 54c60-24 120-20 180-6s120 8 172-14v78a20 20 0 0 1-20 20H20a20 20 0 0 1-20-20z"
    />
    <g class="tunnel" stroke-width="16">
      <path d="M93 34v46" />
      <path d="M92 84c50 6 90 2 150 4" />
    </g>
    <g class="room">
      <ellipse cx="92" cy="86" rx="42" ry="28" />
      <ellipse cx="252" cy="88" rx="50" ry="30" />
    </g>
    <path
      class="thing"
      d="M226 80a8 8 0 0 1 8-8h36a8 8 0 0 1 8 8v12a8 8 0 0 1-8 8h-24l-12 9v-9a8 8 0 0 1-8-8z"
    />
  </svg>
)
