import KubernetesModel

extension Health {
    /// The answer to `health detail`.
    ///
    /// - Throws: ``CephAnswerError`` with the field.
    public init(healthDetail bytes: [UInt8]) throws(CephAnswerError) {
        let answer = try Answer(bytes)
        var checks: [Check] = []
        for code in try answer.object("checks").json.keys {
            let check = try answer.object("checks").object(code)
            let summary = try check.object("summary")
            checks.append(
                Check(
                    code: code, severity: try Self.severity(check, "severity"), summary: try summary.text("message"),
                    count: try summary.numberOrZero("count"),
                    details: (check.json["detail"]?.arrayValue ?? []).compactMap { $0["message"]?.stringValue },
                    isMuted: check.json["muted"]?.boolValue ?? false))
        }
        self.init(status: try Self.severity(answer, "status"), checks: checks)
    }

    private static func severity(_ answer: Answer, _ key: String) throws(CephAnswerError) -> Severity {
        guard let severity = Severity(rawValue: try answer.text(key)) else {
            throw CephAnswerError(key, expected: "HEALTH_OK, HEALTH_WARN or HEALTH_ERR")
        }
        return severity
    }
}
