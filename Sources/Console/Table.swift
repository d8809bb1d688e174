/// A table as kubectl prints them: an upper-case header, columns on the left edge and three spaces apart, no lines.
public struct Table: Sendable {
    /// One cell: a text and what its colour says.
    public struct Cell: Sendable, ExpressibleByStringLiteral {
        /// The text; control characters are escaped when the table is rendered.
        public let text: String
        /// The colour's meaning.
        public let style: Style

        /// A cell.
        public init(_ text: String, _ style: Style = .plain) {
            self.text = text
            self.style = style
        }

        /// A plain cell.
        public init(stringLiteral value: String) {
            self.init(value)
        }
    }

    /// The columns' names, as they are printed.
    public let columns: [String]
    /// The rows so far.
    public private(set) var rows: [[Cell]] = []

    /// An empty table. Names are printed in upper case.
    public init(_ columns: String...) {
        self.columns = columns.map { $0.uppercased() }
    }

    /// Adds a row. A missing cell counts as empty; a cell beyond the last column is a mistake of the caller.
    public mutating func append(_ row: [Cell]) {
        precondition(row.count <= columns.count, "a row has more cells than the table has columns")
        rows.append(row + Array(repeating: Cell(""), count: columns.count - row.count))
    }

    /// The table's text, each line ended by a newline; `""` for a table without rows.
    ///
    /// Empty cells read `<none>`, as kubectl writes them, so that splitting at spaces keeps its columns. No line has
    /// spaces at its end.
    public func rendered(_ palette: Palette = Palette(isEnabled: false), header: Bool = true) -> String {
        guard !rows.isEmpty else { return "" }
        let body = rows.map { row in
            row.map { Cell($0.text.isEmpty ? "<none>" : $0.text.printable, $0.style) }
        }
        let lines = header ? [columns.map { Cell($0) }] + body : body
        let widths = columns.indices.map { column in lines.map { displayWidth($0[column].text) }.max() ?? 0 }
        return lines.map { line($0, widths: widths, palette) + "\n" }.joined()
    }

    private func line(_ cells: [Cell], widths: [Int], _ palette: Palette) -> String {
        var result = ""
        for (column, cell) in cells.enumerated() {
            result += palette.paint(cell.text, cell.style)
            guard column < cells.count - 1 else { break }
            result += String(repeating: " ", count: widths[column] - displayWidth(cell.text) + 3)
        }
        return result
    }
}
