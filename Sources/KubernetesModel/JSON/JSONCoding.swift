extension JSONValue {
    /// How deep arrays and objects may be nested in what is read. Kubernetes' own objects stay below 100.
    public static let maximumDepth = 256

    /// Reads one JSON value that fills `bytes`.
    ///
    /// - Throws: ``JSONError`` for anything that RFC 8259 does not allow, for invalid UTF-8, for numbers out of a
    ///   Double's range and for nesting beyond ``maximumDepth``.
    public init(json bytes: [UInt8]) throws(JSONError) {
        self = try JSONReader.read(bytes)
    }

    /// Reads one JSON value that fills `text`.
    public init(json text: String) throws(JSONError) {
        try self.init(json: Array(text.utf8))
    }

    /// The value as JSON: UTF-8, keys sorted, no white space; `pretty` breaks lines and indents by two spaces.
    public func encoded(pretty: Bool = false) -> [UInt8] {
        var writer = JSONWriter(pretty: pretty)
        writer.write(self)
        return writer.bytes
    }
}

extension JSONObject {
    /// Reads one JSON object that fills `bytes`.
    ///
    /// - Throws: ``JSONError``, also when the value is no object.
    public init(json bytes: [UInt8]) throws(JSONError) {
        guard let object = try JSONValue(json: bytes).objectValue else { throw JSONError(.notAnObject, at: 0) }
        self = object
    }

    /// Reads one JSON object that fills `text`.
    public init(json text: String) throws(JSONError) {
        try self.init(json: Array(text.utf8))
    }

    /// The object as JSON: UTF-8, keys sorted, no white space; `pretty` breaks lines and indents by two spaces.
    public func encoded(pretty: Bool = false) -> [UInt8] {
        JSONValue.object(self).encoded(pretty: pretty)
    }
}
