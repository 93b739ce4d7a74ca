#include <filesystem>

#include "deploy/tool/commands.h"

#include "protocol/base/password.h"
#include "protocol/domain/access.h"
#include "protocol/domain/decide.h"
#include "web/app/data_folder.h"
#include "web/server/json_writer.h"

namespace opora::tool {

namespace fs = std::filesystem;
using protocol::Role;

namespace {

constexpr const char* kProgramLogin = "program";

// Refused here by the domain's own rules: the daemon would refuse to start with such a file.
Status check_login(const std::string& login) {
  protocol::ChangeUser user;
  user.facts.login = login;
  user.facts.roles = protocol::roles_of({Role::kAdministrator}).v;
  protocol::DecideContext nowhere;
  const auto drafts = protocol::decide(user, AggregateId{}, nullptr, nowhere);
  return drafts.ok() ? ok_status() : Status(drafts.error());
}

// With a folder in front: files are made beside their target and the folder is synced.
fs::path beside(const fs::path& path) { return path.is_absolute() ? path : "." / path; }

bool is_there(const fs::path& path) {
  std::error_code unreadable;
  return fs::exists(path, unreadable);
}

void write_admin(web::JsonWriter& out, const InitAdmin& options, const std::string& hash) {
  out.object([&] {
    out.field("login", options.login);
    out.field("roles", protocol::roles_of({Role::kAdministrator}));
    out.field("name", options.name);
    out.field("password_hash", hash);
  });
}

// Scripts that set up a region also make users: so the first program is an administrator too.
void write_program(web::JsonWriter& out, const std::string& token) {
  out.object([&] {
    out.field("login", kProgramLogin);
    out.field("roles", protocol::roles_of({Role::kProgram, Role::kAdministrator}));
    out.field("name", kProgramLogin);
    out.field("token_hash", token_hash(token));
  });
}

}  // namespace

Result<std::string> read_secret(const std::string& path, const std::string& option) {
  auto text = app::read_small_file(path);
  if (!text) return invalid(option, path + " cannot be read");
  std::string line = text->substr(0, text->find('\n'));
  if (!line.empty() && line.back() == '\r') line.pop_back();
  if (line.empty()) return invalid(option, path + " has nothing in its first line");
  return line;
}

Result<Ending> init_admin(const InitAdmin& options) {
  OPORA_TRY(check_login(options.login));
  if (options.login == kProgramLogin && !options.program_token_file.empty())
    return invalid("login", "this one is the program's");
  auto password = read_secret(options.password_file, "password-file");
  if (!password.ok()) return password.error();
  auto hash = hash_password(*password);
  if (!hash.ok()) return invalid("password-file", hash.error().message);
  const bool with_program = !options.program_token_file.empty();
  const fs::path token_file = beside(options.program_token_file);
  if (with_program && is_there(token_file))
    return Error{Code::kConflict, "program-token-file", "exists; it may hold a token in use"};
  auto folder = app::DataFolder::open(options.data);
  if (!folder.ok()) return folder.error();
  const fs::path users = beside(options.data) / "first-users.json";
  if (is_there(users))
    return Error{Code::kConflict, "data", "first users wait there for the daemon's start"};

  SystemRandom random;
  const std::string token = new_token(random);
  web::JsonWriter out;
  out.object([&] {
    out.array("users", [&] {
      write_admin(out, options, *hash);
      if (with_program) write_program(out, token);
    });
  });
  if (with_program) OPORA_TRY(app::write_file_atomically(token_file, token + "\n"));
  OPORA_TRY(app::write_file_atomically(users, out.take() + "\n"));
  return Ending::kDone;
}

}  // namespace opora::tool
