import CRUSH
import Foundation

/// A tree as `holdfast crush tree` prints it.
struct TreeReport: Encodable {
    struct Node: Encodable {
        var id: Int32
        var name: String
        var type: String
        var deviceClass: String?
        /// In units of 1.0; exact.
        var weight: Double
        /// By pool, or `-1` for all others.
        var weightSets: [String: Double]?
        var depth: Int
        var children: [Int32]
    }

    var apiVersion = "holdfast.io/v1alpha1"
    var kind = "CrushTree"
    /// Each before what it holds.
    var nodes: [Node]
    /// Devices that no bucket holds.
    var strays: [Int32]
    private let pools: [Int64]

    private enum CodingKeys: CodingKey {
        case apiVersion, kind, nodes, strays
    }

    init(of tree: CrushTree, pools: some Sequence<Int64>) {
        self.pools = pools.sorted()
        strays = tree.strays.map(\.value)
        nodes = tree.rows.map { row in
            Node(
                id: row.item.value, name: row.name ?? (row.item.isBucket ? "bucket\(row.item)" : "osd.\(row.item)"),
                type: row.type, deviceClass: row.deviceClass, weight: row.weight.value,
                weightSets: row.overrides.isEmpty
                    ? nil : Dictionary(uniqueKeysWithValues: row.overrides.map { ("\($0.key)", $0.value.value) }),
                depth: row.depth, children: row.children.map(\.value))
        }
    }

    /// The rows below a header, numbers at the right of their columns, names indented by depth.
    var text: String {
        let header = ["ID", "CLASS", "WEIGHT"] + pools.map { $0 < 0 ? "(compat)" : "\($0)" } + ["TYPE NAME"]
        let rows = nodes.map { node in
            ["\(node.id)", node.deviceClass ?? "", Self.decimal(node.weight)]
                + pools.map { node.weightSets?["\($0)"].map(Self.decimal) ?? "" }
                + [
                    String(repeating: "    ", count: node.depth)
                        + (node.id < 0 ? "\(node.type) \(node.name)" : node.name)
                ]
        }
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        let lines = [(header, false)] + rows.map { ($0, true) }
        return lines.map { cells, isRow in
            cells.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                if column == cells.count - 1 { return cell }
                return isRow ? padding + cell : cell + padding
            }.joined(separator: "  ") + "\n"
        }.joined()
    }

    private static func decimal(_ value: Double) -> String { String(format: "%.5f", value) }
}
