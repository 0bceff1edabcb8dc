/** Programs that load a server and say how fast it was. */
@NullMarked
package org.carewire.loadtests;

import org.jspecify.annotations.NullMarked;
