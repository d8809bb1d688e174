import Audit
import Console
import Foundation
import KubernetesModel
import Yams

/// A baseline as a file: YAML with `apiVersion`, `kind: AuditBaseline` and a list `accepted`.
enum BaselineFile {
    /// The baseline of a file.
    ///
    /// - Throws: ``Failure`` that names the line or the entry and the key at fault.
    static func read(_ path: String) throws -> Baseline {
        let text: String
        do {
            text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        } catch {
            let isMissing = !FileManager.default.fileExists(atPath: path)
            throw Failure(
                isMissing ? .notFound : .conflict, code: isMissing ? "NotFound" : "Unreadable",
                "the baseline \(path) cannot be read: \(isMissing ? "there is no such file" : error.localizedDescription)"
            )
        }
        return try parse(text, name: URL(filePath: path).lastPathComponent)
    }

    /// The baseline of a text.
    static func parse(_ text: String, name: String) throws -> Baseline {
        func refuse(_ problem: String) -> Failure {
            Failure(
                .conflict, code: "BadBaseline", "the baseline \(name) is refused: \(problem)",
                hint: "see docs/audit.md for its form")
        }
        let root: Yams.Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw refuse("\(error)")
        }
        guard let document = root?.mapping else { throw refuse("it is no mapping of keys to values") }
        try check(document, has: ["apiVersion", "kind", "accepted"], at: "its top", refuse)
        guard document["apiVersion"]?.string == "holdfast.io/v1alpha1", document["kind"]?.string == "AuditBaseline"
        else {
            throw refuse("apiVersion must be holdfast.io/v1alpha1 and kind AuditBaseline")
        }
        guard let list = document["accepted"]?.sequence else { throw refuse("accepted must be a list") }
        var entries: [Baseline.Entry] = []
        for (index, node) in list.enumerated() {
            let place = "accepted[\(index)]" + (node.mark.map { " (line \($0.line))" } ?? "")
            guard let entry = node.mapping else { throw refuse("\(place) is no mapping") }
            try check(entry, has: ["check", "subject", "reason", "until"], at: place, refuse)
            guard let check = entry["check"]?.string, Catalogue.check(check) != nil else {
                throw refuse("\(place): check \"\(entry["check"]?.string ?? "")\" is not in the catalogue")
            }
            guard let subject = entry["subject"]?.string, !subject.isEmpty else {
                throw refuse("\(place) has no subject; * accepts the check for every subject")
            }
            guard let reason = entry["reason"]?.string, !reason.isEmpty else { throw refuse("\(place) has no reason") }
            let until = entry["until"]?.string
            if let until, !isDay(until) { throw refuse("\(place): until \"\(until)\" is no day such as 2027-01-31") }
            entries.append(Baseline.Entry(check: check.uppercased(), subject: subject, reason: reason, until: until))
        }
        return Baseline(name: name, entries: entries)
    }

    private static func check(
        _ mapping: Yams.Node.Mapping, has known: Set<String>, at place: String, _ refuse: (String) -> Failure
    ) throws {
        for key in mapping.keys {
            guard let name = key.string, known.contains(name) else {
                throw refuse(
                    "\(place) has the key \"\(key.string ?? "?")\"; known are \(known.sorted().joined(separator: ", "))"
                )
            }
        }
    }

    private static func isDay(_ text: String) -> Bool {
        Timestamp("\(text)T00:00:00Z") != nil
    }
}
