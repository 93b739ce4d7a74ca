#include <algorithm>
#include <string>
#include <vector>

#include "web/app/api.h"
#include "web/app/attachments.h"
#include "web/app/auth.h"
#include "web/app/names.h"
#include "web/app/ticket_actions.h"
#include "web/server/problem.h"

namespace opora::app {

using protocol::Action;
using protocol::FileKind;

namespace {

// Whatever a browser makes of the bytes, it runs nothing of them.
constexpr const char* kFilePolicy = "default-src 'none'; sandbox";

std::string_view media_type(FileKind kind) {
  switch (kind) {
    case FileKind::kJpeg: return "image/jpeg";
    case FileKind::kPng: return "image/png";
    case FileKind::kPdf: return "application/pdf";
  }
  return "application/octet-stream";
}

// Of names of files of this kind; the first is ours to give.
std::vector<std::string_view> endings(FileKind kind) {
  switch (kind) {
    case FileKind::kJpeg: return {".jpg", ".jpeg", ".jpe", ".jfif"};
    case FileKind::kPng: return {".png"};
    case FileKind::kPdf: return {".pdf"};
  }
  return {".bin"};
}

// Whoever opens a saved file opens it by its name: a document that says of itself that it is a page
// or a program is given out as what its content is.
std::string with_ending(std::string_view name, FileKind kind) {
  std::string lower(name);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const auto known = endings(kind);
  const bool fits = std::any_of(known.begin(), known.end(),
                                [&](std::string_view one) { return lower.ends_with(one); });
  return std::string(name) + (fits ? "" : std::string(known.front()));
}

// RFC 8187: a name in any letters.
std::string escaped(std::string_view name) {
  constexpr std::string_view kPlain = "-._~";
  std::string out;
  for (const unsigned char c : name) {
    const bool letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter || kPlain.find(static_cast<char>(c)) != std::string_view::npos)
      out += static_cast<char>(c);
    else out += "%" + to_hex(std::string_view(reinterpret_cast<const char*>(&c), 1));
  }
  return out;
}

// A PDF is only ever saved; its own program opens it.
web::Response file_response(const Attachment& attachment, Bytes bytes) {
  const bool shown = attachment.file.kind != FileKind::kPdf;
  const auto name = attachment.personal.find(protocol::PersonalField::kFileName);
  const std::string fallback = with_ending("file", attachment.file.kind);
  const bool named = name != attachment.personal.end();
  const std::string given = named ? with_ending(name->second, attachment.file.kind) : fallback;
  web::Response out;
  out.content_type = media_type(attachment.file.kind);
  out.headers.emplace_back("Content-Disposition", std::string(shown ? "inline" : "attachment") +
                                                      "; filename=\"" + fallback +
                                                      "\"; filename*=UTF-8''" + escaped(given));
  out.headers.emplace_back("Content-Security-Policy", kFilePolicy);
  out.body = std::move(bytes);
  return out;
}

void list_route(const Context& context, const web::Request& request, const std::string& number,
                const web::Respond& respond) {
  auto user = authorize(context, request, Action::kReadTickets);
  if (!user.ok()) return respond(web::problem(user.error()));
  const auto ticket = ticket_by_number(context, number);
  if (!ticket.ok()) return respond(web::problem(ticket.error()));
  const auto rows = context.store.snapshot();
  People people(*rows);
  web::JsonWriter out;
  out.object([&] {
    out.array("items", [&] {
      for (const Attachment& one : attachments_of(context, *rows, *ticket))
        write_attachment(out, context, *rows, people, one);
    });
  });
  note_read(context, *user, protocol::ReadFrom::kTicket, {{}, {*ticket}});
  respond(web::json_response(200, out.take()));
}

web::Response download(const Context& context, const sync::FileId& id) {
  const auto rows = context.store.snapshot();
  const auto attachment = find_attachment(context, *rows, id);
  if (!attachment) return web::problem(Error{Code::kNotFound, "id", "no such file here"});
  auto bytes = content(*rows, *attachment);
  return bytes.ok() ? file_response(*attachment, std::move(*bytes)) : web::problem(bytes.error());
}

void download_route(const Context& context, const web::Request& request,
                    const web::PathParams& params, const web::Respond& respond) {
  auto user = authorize(context, request, Action::kReadTickets);
  if (!user.ok()) return respond(web::problem(user.error()));
  const auto ticket = ticket_by_number(context, params["number"]);
  if (!ticket.ok()) return respond(web::problem(ticket.error()));
  const auto hash = FileHash::from_hex(params["id"]);
  if (!hash) return respond(web::problem(invalid("id", "64 hexadecimal digits")));
  const sync::FileId id{*ticket, *hash};
  const bool taken = context.worker.submit([&context, user = *user, id, respond] {
    web::Response response = download(context, id);
    if (response.status == 200)
      note_read(context, user, protocol::ReadFrom::kTicket, {{}, {id.ticket}});
    respond(std::move(response));
  });
  if (!taken) respond(web::problem(Error{Code::kTooMany, "", "too much is under way"}));
}

}  // namespace

void add_attachment_routes(web::Router& router, const Context& context) {
  router.on(web::Method::kGet, "/api/v1/tickets/{number}/attachments",
            [&context](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              list_route(context, request, params["number"], respond);
            });
  router.on(web::Method::kGet, "/api/v1/tickets/{number}/attachments/{id}",
            [&context](const web::Request& request, const web::PathParams& params,
                       const web::Respond& respond) {
              download_route(context, request, params, respond);
            });
}

}  // namespace opora::app
