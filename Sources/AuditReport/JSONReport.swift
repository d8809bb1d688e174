import FoundationEssentials

/// The report as JSON: the form that is versioned, and that all others can be made from.
public enum JSONReport {
    /// The document with sorted keys, and a newline at its end.
    ///
    /// - Throws: `EncodingError`, for a number that JSON cannot hold.
    public static func text(of report: Report) throws -> String {
        try text(encoding: ReportDocument(report))
    }

    static func text(encoding document: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    }
}
