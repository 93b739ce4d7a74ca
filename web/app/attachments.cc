#include "web/app/attachments.h"

#include "protocol/codec/seal.h"
#include "sync/projection/projection.h"
#include "web/app/names.h"
#include "web/app/render.h"

namespace opora::app {

using protocol::PersonalField;

namespace {

const std::string& text_of(const Attachment& attachment, PersonalField field) {
  static const std::string kNone;
  const auto it = attachment.personal.find(field);
  return it == attachment.personal.end() ? kNone : it->second;
}

// What a reader may expect of it here.
std::string_view state_of(const sync::Reader& rows, const Attachment& attachment, bool erased) {
  if (erased) return "erased";
  const bool readable = !attachment.personal.empty() && sync::whole_file(rows, attachment.id());
  return readable ? "here" : "on_its_way";
}

bool is_erased(const sync::Reader& rows, const AggregateId& ticket) {
  return sync::read_entity(rows, protocol::Kind::kErasure, ticket).exists();
}

// ✓ at its site, ✓✓ in the region: what a site has of another's came from there.
std::string_view receipt_of(const Context& context, const sync::Reader& rows,
                            const Attachment& attachment) {
  const bool whole = sync::whole_file(rows, attachment.id()).has_value();
  if (context.site == kHubSite) return whole ? "region" : "node";
  const bool own = attachment.env.origin == context.site;
  if (own) return sync::is_unsent(rows, attachment.id()) ? "node" : "region";
  return whole ? "region" : "node";
}

}  // namespace

std::vector<Attachment> attachments_of(const Context& context, const sync::Reader& rows,
                                       const AggregateId& ticket) {
  std::vector<Attachment> out;
  for (protocol::Event& event : sync::read_history(rows, context.engine.vault(), ticket)) {
    auto* file = std::get_if<protocol::TicketAttached>(&event.facts);
    if (file != nullptr) out.push_back({event.env, std::move(*file), std::move(event.personal)});
  }
  return out;
}

std::optional<Attachment> find_attachment(const Context& context, const sync::Reader& rows,
                                          const sync::FileId& id) {
  for (Attachment& one : attachments_of(context, rows, id.ticket)) {
    if (one.file.hash == id.hash) return std::move(one);
  }
  return std::nullopt;
}

void write_attachment(web::JsonWriter& out, const Context& context, const sync::Reader& rows,
                      People& people, const Attachment& attachment) {
  const bool erased = is_erased(rows, attachment.env.aggregate);
  const People::Person& actor = people.by_id(attachment.env.actor);
  out.object([&] {
    out.field("id", attachment.file.hash);
    out.field("name", text_or_null(text_of(attachment, PersonalField::kFileName)));
    out.field("kind", protocol::to_name(attachment.file.kind));
    out.field("bytes", attachment.file.bytes);
    out.field("at", attachment.env.hlt.time());
    out.field("actor", text_or_null(actor.login));
    out.field("actor_name", text_or_null(actor.name));
    out.field("site", attachment.env.origin);
    out.field("state", state_of(rows, attachment, erased));
    out.field("receipt", receipt_of(context, rows, attachment));
  });
}

void write_file_counts(web::JsonWriter& out, const sync::Reader& rows) {
  const sync::FileCounts counts = sync::count_files(rows);
  out.object("files", [&] {
    out.field("unsent", counts.unsent);
    out.field("missing", counts.wanted);
    out.field("bytes", counts.bytes);
  });
}

Result<Bytes> content(const sync::Reader& rows, const Attachment& attachment) {
  const sync::FileId id = attachment.id();
  if (is_erased(rows, id.ticket)) return Error{Code::kNotFound, "id", "it was erased"};
  const auto raw = from_hex(text_of(attachment, PersonalField::kFileKey));
  const auto key = raw ? protocol::FileKey::from(*raw) : std::nullopt;
  if (!key || !sync::whole_file(rows, id))
    return Error{Code::kConflict, "id", "the file has not come here yet"};
  Bytes out;
  out.reserve(attachment.file.bytes);
  const auto chunks = static_cast<std::uint32_t>(attachment.file.chunks.size());
  for (std::uint32_t place = 0; place < chunks; ++place) {
    const auto sealed = sync::read_chunk(rows, id, place);
    if (!sealed) return Error{Code::kCorrupt, "id", "a chunk of the file is missing"};
    auto plain = protocol::open_chunk(*key, {id.ticket, place, chunks}, *sealed);
    if (!plain.ok()) return plain.error();
    out += *plain;
  }
  return out;
}

}  // namespace opora::app
