/** What a plate's text says of the vehicle. Colours say more, but a reader of text does not see them. */
export type PlateKind =
  /** Cars, lorries, tractors of articulated vehicles. A yellow commercial plate of Vietnam reads the same. */
  | 'ordinary'
  /** Trailers and semi-trailers. */
  | 'trailer'
  /** China: electric, hybrid and fuel cell vehicles, one character longer. */
  | 'new-energy'
  /** Vietnam: a series of its own for joint ventures, projects, army enterprises, trials and restricted vehicles. */
  | 'special'
  /** Vietnam: vehicles of a border-gate or special economic zone. */
  | 'border-zone'
  /** Mainland China for vehicles of Hong Kong and Macao. */
  | 'cross-border'
  /** Embassies, consulates, international organisations and their staff. */
  | 'diplomatic'
  /** Vietnam: foreign organisations and persons without diplomatic status. */
  | 'foreign'
  | 'military'
  | 'police'
  | 'emergency'
  | 'training'
  | 'temporary'
  | 'motorcycle'
  /** Agricultural tractors. */
  | 'tractor';
