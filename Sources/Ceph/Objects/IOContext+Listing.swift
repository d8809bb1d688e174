import CephShim

/// An object as a pool's listing names it.
public struct ObjectEntry: Hashable, Sendable {
    /// The object's name.
    public var name: String
    /// Its namespace; empty for the default one.
    public var namespace: String
    /// Its locator key, which decides on its PG in place of the name; empty as a rule.
    public var locator: String
}

extension IOContext {
    /// The objects of this namespace, or of all namespaces of the pool, in no order. Objects that are written or
    /// removed meanwhile may be in it or not.
    /// - Implements: rados_object_list
    public func objects(allNamespaces: Bool = false) async throws(CephError) -> [ObjectEntry] {
        var objects: [ObjectEntry] = []
        try await objectPages(allNamespaces: allNamespaces) { page throws(CephError) in
            objects += page
        }
        return objects
    }

    /// The same page by page, for pools with more objects than memory should hold. Each page is a call of its own on
    /// the control lane, so that a long listing does not keep others out.
    /// - Implements: rados_object_list_begin, rados_object_list_end, rados_object_list_is_end, rados_object_list,
    ///   rados_object_list_free, rados_object_list_cursor_free
    public func objectPages(
        allNamespaces: Bool = false, of size: Int = 1_000, isolation: isolated (any Actor)? = #isolation,
        _ body: ([ObjectEntry]) async throws(CephError) -> Void
    ) async throws(CephError) {
        let call = try call("rados_object_list")
        guard size > 0 else { throw call.refused("a page of \(size) objects") }
        let context =
            allNamespaces
            ? try await IOContext.open(
                cluster, .id(poolID), namespace: LIBRADOS_ALL_NSPACES, allowsFullPool: false) : self
        var cursor = try await context.blocking(call) { raw, _ throws(CephError) in
            ListCursor(rados_object_list_begin(raw), in: context)
        }
        var isEnd = false
        while !isEnd {
            let start = cursor
            let page = try await context.blocking(call) { _, _ throws(CephError) in
                try start.page(of: size, call)
            }
            (cursor, isEnd) = (page.next, page.isEnd)
            if !page.entries.isEmpty { try await body(page.entries) }
        }
    }
}

/// A place in a pool's listing.
private final class ListCursor: @unchecked Sendable {
    // Sendable: a cursor is only read, and freed when nobody has it any more.
    private let raw: UnsafeMutableRawPointer?
    private let context: IOContext

    init(_ raw: UnsafeMutableRawPointer?, in context: IOContext) {
        self.raw = raw
        self.context = context
    }

    deinit {
        // Frees memory, waits for nothing, does not look at the context.
        rados_object_list_cursor_free(context.raw, raw)
    }

    func page(
        of size: Int, _ call: Call
    ) throws(CephError) -> (entries: [ObjectEntry], next: ListCursor, isEnd: Bool) {
        let items = UnsafeMutableBufferPointer<rados_object_list_item>.allocate(capacity: size)
        defer { items.deallocate() }
        items.initialize(repeating: rados_object_list_item())
        let end = ListCursor(rados_object_list_end(context.raw), in: context)
        // librados writes the next place into a cursor that must be there already; it aborts the process otherwise.
        let following = ListCursor(rados_object_list_begin(context.raw), in: context)
        var next = following.raw
        let count = try call.check(
            rados_object_list(context.raw, raw, end.raw, size, nil, 0, items.baseAddress, &next))
        defer { rados_object_list_free(count, items.baseAddress) }
        let entries = items.prefix(count).map { item in
            ObjectEntry(
                name: String(bytes: item.oid, count: item.oid_length),
                namespace: String(bytes: item.nspace, count: item.nspace_length),
                locator: String(bytes: item.locator, count: item.locator_length))
        }
        return (entries, following, rados_object_list_is_end(context.raw, following.raw) != 0)
    }
}

extension String {
    /// Reads a string that C gives with its length; NULL counts as empty.
    fileprivate init(bytes: UnsafeMutablePointer<CChar>?, count: Int) {
        self.init(decoding: UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count), as: UTF8.self)
    }
}
