// Where the pages begin: the views, and the frame around them.

import "./app.js";
