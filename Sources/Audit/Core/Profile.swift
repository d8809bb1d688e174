/// What kind of cluster is audited: which findings such a cluster has of necessity.
///
/// A profile accepts openly; it never hides.
public enum Profile: String, Hashable, Sendable, CaseIterable, Codable {
    /// Everything on one machine: nothing survives its loss, and that is known.
    case aio
    /// Three hosts: any one may be lost, nothing heals by itself.
    case threeNode = "three-node"
    /// What a production cluster is held to; accepts nothing.
    case production
    /// Two sites and a tiebreaker.
    case stretch

    /// The checks that the profile accepts, with the reason.
    var accepted: [String: String] {
        switch self {
        case .production: [:]
        case .aio:
            Dictionary(
                uniqueKeysWithValues: [
                    "P01", "P02", "P03", "P05", "P06", "P07", "P09", "C02", "C04", "C12", "C21", "D01", "D04", "D05",
                    "D10", "D11", "D13", "M01", "M02", "M03", "M04", "M05", "M06", "K01", "K02", "K03", "K10", "K11",
                    "K12",
                    "K13", "K14", "K18", "G01", "G02", "R01", "S01", "E01", "E02", "N01", "N02", "O01", "O04", "V01",
                    "X01", "X02", "X03", "X04", "X05", "X06", "X08",
                ].map { ($0, "an all-in-one has one host, and nothing survives its loss") })
        case .threeNode:
            Dictionary(
                uniqueKeysWithValues: ["P06", "D05", "D11", "C21", "D13", "X06"].map {
                    ($0, "three hosts hold three copies: there is no fourth to heal on")
                })
        case .stretch:
            ["C12": "stretch mode places copies by site", "P06": "a site has no spare site"]
        }
    }
}
