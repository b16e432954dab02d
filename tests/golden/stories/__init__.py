"""The calls whose answers are recorded, a file for each part of the region. Later calls may use what earlier ones made.

A call is the name of its file, the service, the parameters, and what later calls know from the answer: {name: element}.
"""

ACCOUNT = "111122223333"
ANOTHER = "444455556666"
NOWHERE = "0123456789abcdef0"
