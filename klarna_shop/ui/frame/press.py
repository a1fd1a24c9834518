"""Shows at once that a press was taken, before the server has said anything.

What a press leads to comes over the socket, at the earliest after one way there and back. Until the page's
content changes, and for two seconds at most, the button or link looks pressed; then what the server says is
shown (`aria-busy`, an error, another page). What a form lacks, the browser itself says at once.
"""

from __future__ import annotations

SEEN_AT_ONCE = (
    'addEventListener("click",(event)=>{const button=event.target.closest?.('
    "\"main :is(button:not(:disabled),a[href^='/'])\");"
    'if(!button||button.getAttribute("aria-disabled")==="true")return;'
    "if(event.ctrlKey||event.metaKey||event.shiftKey)return;"
    'const look=button.animate({opacity:[.6,.6]},{duration:2000,id:"pressed"}),'
    "watch=new MutationObserver(()=>look.cancel());"
    "watch.observe(document.body,{attributes:true,childList:true,characterData:true,subtree:true});"
    'const lacking=()=>look.cancel();addEventListener("invalid",lacking,true);'
    "look.oncancel=look.onfinish=()=>{watch.disconnect();"
    'removeEventListener("invalid",lacking,true)}},true)'
)
"""For the head of every page. A click is also what the keyboard makes of Enter and Space."""
