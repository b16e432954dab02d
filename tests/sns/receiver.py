"""A web server inside of a test, as a subscriber has one: remembers what is posted and answers as it is told."""

import http.server
import json
import threading
import urllib.request


class Post:
    """What was posted."""

    def __init__(self, path, headers, body):
        self.path = path
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body = body

    @property
    def type(self):
        return self.headers.get("x-amz-sns-message-type")

    @property
    def message(self):
        return json.loads(self.body)


class Receiver:
    """Use as a context manager. `answer` is the status of all answers; None: none, the connection hangs until the end."""

    def __init__(self, answer=200):
        self.answer = answer
        self.posts = []
        self.ended = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                receiver.posts.append(Post(self.path, self.headers, body))
                if receiver.answer is None:
                    receiver.ended.wait(120)
                    self.close_connection = True
                    return
                # A list is answered one after the other; its last for good.
                status = receiver.answer
                if isinstance(status, list):
                    status = status.pop(0) if len(status) > 1 else status[0]
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/hook"

    def of_type(self, kind):
        return [post for post in self.posts if post.type == kind]

    @property
    def notifications(self):
        return self.of_type("Notification")

    @property
    def confirmations(self):
        return self.of_type("SubscriptionConfirmation")


def follow(url):
    """Follows a link of a message, as a person would: without a signature."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.status, answer.read().decode()
