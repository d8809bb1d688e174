import Resilience

extension Catalogue {
    /// The table of all checks, as it stands in `docs/checks/README.md`: each with a link to its page.
    public static var index: String {
        let families = Check.Family.allCases.compactMap { family -> String? in
            let rows = checks.filter { $0.family == family }.map { check in
                "| [\(check.id)](\(check.id).md) | \(check.title) | \(check.severity.rawValue) | \(check.basis.rawValue) |"
            }
            guard !rows.isEmpty else { return nil }
            return "## \(family.title)\n\n| id | finds | severity | basis |\n|---|---|---|---|\n"
                + rows.joined(separator: "\n") + "\n"
        }
        return """
            # Checks

            What `holdfast audit` looks for: \(checks.count) checks. `holdfast audit explain ID` prints the page of one. *Exact*
            means that every PG was mapped, or every pod read; *heuristic* is a rule of thumb. The severity is that of a usual
            finding; a single one may be milder or worse. These pages are written from the catalogue in the program.


            """ + families.joined(separator: "\n")
    }
}

extension Profile {
    /// The profiles that accept a check; `none` where none does.
    static func accepting(_ check: String) -> String {
        let names = allCases.filter { $0.accepted[check] != nil }.map(\.rawValue)
        return names.isEmpty ? "none" : names.joined(separator: ", ")
    }
}
