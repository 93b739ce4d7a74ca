#include <memory>

#include "node/api.h"
#include "node/media/media.h"
#include "protocol/base/utf8.h"
#include "protocol/codec/sealed_file.h"
#include "protocol/domain/texts.h"
#include "sync/journal/files.h"
#include "web/app/attachments.h"
#include "web/app/auth.h"
#include "web/app/command.h"
#include "web/app/disk_room.h"
#include "web/app/ticket_actions.h"
#include "web/server/problem.h"
#include "web/server/query_reader.h"

namespace opora::node {

using protocol::Kind;
using sync::FileId;

namespace {

// Written together: a desk that saves beside an upload waits for so much at the most.
constexpr std::uint32_t kChunksTogether = 4;

Error full() { return Error{Code::kNoRoom, "content", "this site keeps no more files"}; }

struct Intake {
  const app::Context& context;
  app::Worker& worker;
  AttachmentSettings settings;
};

// One upload: checked and sealed by the worker, its chunks written some at a time, then the event
// with all of it. Kept alive by whoever carries out its next step.
class Upload : public std::enable_shared_from_this<Upload> {
 public:
  Upload(const Intake& intake, web::Request request, app::User user, std::string name,
         const web::Respond& respond)
      : context_(intake.context),
        worker_(intake.worker),
        settings_(intake.settings),
        request_(std::move(request)),
        user_(std::move(user)),
        name_(std::move(name)),
        respond_(respond) {}

  void begin(const AggregateId& ticket) {
    ticket_ = ticket;
    auto key = app::command_key({request_, user_, app::KeyRule::kRequired, {}});
    if (!key.ok()) return respond_(web::problem(key.error()));
    key_ = *key;
    const auto rows = context_.store.snapshot();
    // Asked before: the answer is there, and nothing is written again.
    if (rows->get(sync::Table::kDedup, key_->id.view())) return say();
    const bool low = context_.disk_room != nullptr && context_.disk_room->low();
    if (low || sync::file_bytes(*rows) + request_.body.size() > settings_.quota_bytes)
      return respond_(web::problem(full()));
    const bool taken = worker_.submit([self = shared_from_this()] { self->check(); });
    if (!taken) respond_(web::problem(Error{Code::kTooMany, "", "too much is under way"}));
  }

 private:
  FileId id() const { return {ticket_, file_.facts.hash}; }

  void check() {
    auto checked = check_file(request_.body, settings_.kinds);
    if (!checked.ok()) return respond_(web::problem(checked.error()));
    file_ = protocol::seal_file(ticket_, checked->kind, checked->bytes, context_.random);
    stage(0);
  }

  // On the engine's thread from the second step on.
  void stage(std::uint32_t from) {
    if (from >= file_.chunks.size()) return say();
    sync::Command command;
    command.decide = [self = shared_from_this(), from](sync::Decision& decision) {
      decision.write([self, from](sync::Transaction& txn) { self->write(txn, from); });
      return Result<sync::Answer>(sync::Answer{});
    };
    command.done = [self = shared_from_this(), from](const Result<sync::Answer>& answer) {
      if (answer.ok()) return self->stage(from + kChunksTogether);
      self->respond_(web::problem(answer.error()));
      self->discard();
    };
    command.answer_at = sync::AnswerAt::kSync;
    context_.engine.submit(std::move(command));
  }

  void write(sync::Transaction& txn, std::uint32_t from) const {
    const auto end = std::min<std::size_t>(from + kChunksTogether, file_.chunks.size());
    for (std::uint32_t place = from; place < end; ++place)
      sync::stage_chunk(txn, id(), place, file_.chunks[place]);
  }

  void say() {
    app::Change change{
        request_, user_, app::KeyRule::kRequired,
        [self = shared_from_this()](sync::Decision& d) { return self->decide(d); },
        [self = shared_from_this()](const sync::Answer& a) { return self->render(a); }};
    change.known_key = key_;
    app::submit(context_, std::move(change),
                web::Respond([self = shared_from_this()](web::Response response) {
                  if (response.status != 201 || !self->said_) self->discard();
                  self->respond_(std::move(response));
                }));
  }

  Result<sync::Answer> decide(sync::Decision& decision) {
    const protocol::Entity ticket = decision.load(Kind::kTicket, ticket_);
    const sync::Reader& rows = decision.rows();
    if (file_.chunks.empty() || sync::staged_chunks(rows, id()) != file_.chunks.size())
      return Error{Code::kUnavailable, "", "not all of it was written"};
    if (sync::file_bytes(rows) + file_.facts.bytes > settings_.quota_bytes) return full();
    auto drafts = protocol::decide(protocol::AttachFile{file_.facts, name_, file_.key_hex}, ticket);
    if (!drafts.ok()) return drafts.error();
    decision.emit(std::move(*drafts));
    decision.write([self = shared_from_this()](sync::Transaction& txn) {
      sync::adopt_staged(txn, self->id(),
                         sync::manifest_of(self->context_.site, self->file_.facts));
    });
    return sync::Answer(file_.facts.hash.view());
  }

  // The answer is the file's hash: of this upload, or of the one that was first under this key.
  web::Response render(const sync::Answer& answer) {
    const FileId said{ticket_, FileHash::from(answer).value_or(FileHash{})};
    said_ = said == id();
    const auto rows = context_.store.snapshot();
    const auto attachment = app::find_attachment(context_, *rows, said);
    if (!attachment) return web::problem(Error{Code::kNotFound, "id", "no such file here"});
    app::People people(*rows);
    web::JsonWriter out;
    app::write_attachment(out, context_, *rows, people, *attachment);
    return web::json_response(201, out.take());
  }

  void discard() {
    if (file_.chunks.empty()) return;
    sync::Command command;
    command.decide = [file = id()](sync::Decision& decision) {
      decision.write([file](sync::Transaction& txn) { sync::discard_staged(txn, file); });
      return Result<sync::Answer>(sync::Answer{});
    };
    command.done = [](const Result<sync::Answer>&) {};  // or the next start does it
    context_.engine.submit(std::move(command));
  }

  const app::Context& context_;
  app::Worker& worker_;
  const AttachmentSettings settings_;
  const web::Request request_;
  const app::User user_;
  const std::string name_;
  const web::Respond respond_;
  AggregateId ticket_;
  std::optional<sync::CommandKey> key_;
  protocol::SealedFile file_;
  bool said_ = false;
};

// A name that is shown as another, with the ending of another, or that breaks a line.
bool misleads(std::string_view name) {
  while (!name.empty()) {
    const char32_t c = take_code_point(name);
    if (is_control(c) || is_direction_control(c)) return true;
  }
  return false;
}

Result<std::string> read_name(const web::Query& query) {
  web::QueryReader in(query);
  const auto name = in.line("name", {1, protocol::kFileNameLimit.max});
  if (!name) in.fail("name", "required");
  if (name && misleads(*name)) in.fail("name", "has characters that cannot be seen");
  OPORA_TRY(in.finish());
  return *name;
}

void take(const Intake& intake, web::Request request, const std::string& number,
          const web::Respond& respond) {
  auto user = app::authorize(intake.context, request, protocol::Action::kCommentTicket);
  if (!user.ok()) return respond(web::problem(user.error()));
  auto name = read_name(request.query);
  if (!name.ok()) return respond(web::problem(name.error()));
  if (request.body.empty()) return respond(web::problem(invalid("content", "required")));
  if (request.body.size() > intake.settings.max_bytes)
    return respond(web::problem(Error{Code::kTooLarge, "content", "the file is too large"}));
  const auto ticket = app::ticket_by_number(intake.context, number);
  if (!ticket.ok()) return respond(web::problem(ticket.error()));
  std::make_shared<Upload>(intake, std::move(request), std::move(*user), std::move(*name), respond)
      ->begin(*ticket);
}

void say_settings(const Intake& intake, const web::Request& request, const web::Respond& respond) {
  auto user = app::authorize(intake.context, request, protocol::Action::kReadTickets);
  if (!user.ok()) return respond(web::problem(user.error()));
  web::JsonWriter out;
  out.object([&] {
    out.array("kinds", [&] {
      for (const protocol::FileKind kind : intake.settings.kinds)
        out.value(protocol::to_name(kind));
    });
    out.field("max_bytes", intake.settings.max_bytes);
  });
  respond(web::json_response(200, out.take()));
}

}  // namespace

void add_attachment_intake(web::Router& router, const app::Context& context, app::Worker& worker,
                           const AttachmentSettings& settings) {
  router.on(web::Method::kGet, "/api/v1/attachments/settings",
            [intake = Intake{context, worker, settings}](
                const web::Request& request, const web::PathParams&, const web::Respond& respond) {
              say_settings(intake, request, respond);
            });
  router.on(web::Method::kPost, "/api/v1/tickets/{number}/attachments",
            [intake = Intake{context, worker, settings}](
                web::Request request, const web::PathParams& params, const web::Respond& respond) {
              take(intake, std::move(request), params["number"], respond);
            },
            {protocol::kMaxFileBytes, web::BodyType::kAny});
}

void discard_unfinished_uploads(const app::Context& context) {
  const auto staged = sync::staged_files(*context.store.snapshot());
  if (staged.empty()) return;
  sync::Command command;
  command.decide = [staged](sync::Decision& decision) {
    decision.write([staged](sync::Transaction& txn) {
      for (const FileId& file : staged) sync::discard_staged(txn, file);
    });
    return Result<sync::Answer>(sync::Answer{});
  };
  command.done = [](const Result<sync::Answer>&) {};
  context.engine.submit(std::move(command));
}

}  // namespace opora::node
